import { describe, expect, it } from 'vitest';
import { backends, integers, nearestIds, uniform } from '../backends.fixture.js';
import { createReferenceKernels } from '../index.js';
import { createWebGpuKernels, type WebGpuKernels } from './create-webgpu-kernels.js';

const EUCLIDEAN = { dimensions: 3, metric: 'euclidean' } as const;
const LOST = expect.objectContaining({ code: 'DEVICE_LOST' });

// One of the backends where the machine has a GPU; the fixture says so where it does not.
describe.runIf(backends.some(({ name }) => name.startsWith('webgpu')))('WebGPU', () => {
  const codes = integers(200 * 3, 4, 1);
  const call = async (kernels: WebGpuKernels, seed: number) => {
    const codebook = kernels.prepareCodebook(codes, EUCLIDEAN);
    const ids = await nearestIds(kernels, codebook, integers(100 * 3, 4, seed));
    codebook.dispose();
    return ids;
  };

  it('keeps overlapping calls apart', async () => {
    const kernels = await createWebGpuKernels();
    const reference = createReferenceKernels();
    const codebook = reference.prepareCodebook(codes, EUCLIDEAN);
    const expected = await Promise.all(
      [2, 3, 4, 5, 6].map((seed) => nearestIds(reference, codebook, integers(300, 4, seed))),
    );
    expect(await Promise.all([2, 3, 4, 5, 6].map((seed) => call(kernels, seed)))).toEqual(expected);
    expect(kernels.bytesHeld).toBe(0);
    kernels.dispose();
  });

  it('lets a call finish whose operand is disposed of meanwhile', async () => {
    const kernels = await createWebGpuKernels();
    const codebook = kernels.prepareCodebook(Float32Array.of(0, 9, 5), {
      dimensions: 1,
      metric: 'euclidean',
    });
    const ids = nearestIds(kernels, codebook, Float32Array.of(4, 8));
    codebook.dispose();
    expect(kernels.bytesHeld).toBe(0);
    expect([...(await ids)]).toEqual([2, 1]);
    kernels.dispose();
  });

  it('gives log-mel levels of frames that no workgroup can hold', async () => {
    const kernels = await createWebGpuKernels();
    const samples = uniform(6000, 7);
    const [expected, actual] = await Promise.all(
      [createReferenceKernels(), kernels].map(async (of) => {
        const levels = new Float32Array(4 * 20);
        const options = {
          sampleRate: 16_000,
          windowLength: 3000,
          hop: 1000,
          bands: 20,
          framing: 'plain',
        } as const;
        await of.logMel(of.prepareLogMel(options), samples, levels);
        return levels;
      }),
    );
    actual.forEach((level, at) => {
      expect(level).toBeCloseTo(expected[at], 4);
    });
    kernels.dispose();
  });

  it('fails every call, under way and later, once the device is lost', async () => {
    const kernels = await createWebGpuKernels();
    await call(kernels, 1);
    const underWay = [1, 2, 3].map((seed) => call(kernels, seed).catch((error: unknown) => error));
    kernels.device.destroy();
    expect(await Promise.all(underWay)).toEqual([LOST, LOST, LOST]);
    await expect(call(kernels, 4)).rejects.toEqual(LOST);
    expect(() => kernels.prepareMatrix(codes, { inner: 3 })).toThrow(LOST);
    kernels.dispose();
  });

  it('fails calls under way and later once it is disposed of, twice too', async () => {
    const kernels = await createWebGpuKernels();
    const underWay = call(kernels, 1).catch((error: unknown) => error);
    kernels.dispose();
    kernels.dispose();
    const disposed = expect.objectContaining({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('disposed'),
    });
    expect(await underWay).toEqual(disposed);
    await expect(call(kernels, 2)).rejects.toEqual(disposed);
  });
});
