/**
 * What calls leave behind, on Dawn's null backend: it makes and checks every buffer and program as any other, and runs
 * nothing, so that a thousand calls take a second.
 */
import { describe, expect, it, vi } from 'vitest';
import { failureOf, uniform } from '../backends.fixture.js';
import { createWebGpuKernels } from './create-webgpu-kernels.js';
import { findDevice } from './find-device.js';
import { countBuffers } from './live-buffers.fixture.js';
import { nullGpu } from './null-gpu.fixture.js';

const counted = async () => countBuffers(await findDevice({ gpu: nullGpu, powerPreference: 'low-power' }));

it('keeps no more buffers after 1000 calls than after the first few', async () => {
  const { device, live } = await counted();
  const kernels = await createWebGpuKernels({ device });
  const codebook = { dimensions: 2, metric: 'euclidean' } as const;
  const round = async (seed: number) => {
    const codes = kernels.prepareCodebook(uniform(32, seed), codebook);
    const matrix = kernels.prepareMatrix(uniform(6, seed), { inner: 2 });
    const vote = kernels.prepareVote({
      ...{ weights: uniform(12, seed), biases: uniform(6, seed) },
      ...{ voters: 3, bits: 2, order: 'lsb-first' },
    });
    const logMel = kernels.prepareLogMel({ sampleRate: 16_000, bands: 4 });
    const rows = uniform(2 * (1 + (seed % 5)), seed);
    const count = rows.length / 2;
    await kernels.nearest(codes, rows, new Uint32Array(count));
    await kernels.residualNearest([codes, codes], rows, new Uint32Array(2 * count), rows.slice());
    await kernels.matmul(matrix, rows, new Float32Array(3 * count));
    await kernels.vote(vote, rows, new Uint32Array(count));
    await kernels.logMel(logMel, new Float32Array(320), new Float32Array(2 * 4));
    for (const operand of [codes, matrix, vote, logMel]) operand.dispose();
    return live();
  };
  for (let seed = 0; seed < 5; seed++) await round(seed);
  const before = live();
  for (let seed = 5; seed < 205; seed++) expect(await round(seed)).toBe(before);
  expect(kernels.bytesHeld).toBe(0);
  kernels.dispose();
  expect(live()).toBe(0);
  device.destroy();
});

describe('what a device reports becomes a typed error, never zeros', () => {
  const start = async () => {
    const { device, live } = await counted();
    const kernels = await createWebGpuKernels({ device });
    const matrix = kernels.prepareMatrix(uniform(6, 1), { inner: 2 });
    const call = () => kernels.matmul(matrix, Float32Array.of(1, 2), new Float32Array(3));
    await call();
    return { device, live, kernels, call };
  };
  /** Reports that memory is out in the next scope of that kind. */
  const runOut = (device: GPUDevice) => {
    const scopes: GPUErrorFilter[] = [];
    const { pushErrorScope: push, popErrorScope: pop } = device;
    let reported = false;
    device.pushErrorScope = (filter) => {
      scopes.push(filter);
      return push.call(device, filter);
    };
    device.popErrorScope = async () => {
      const report = scopes.pop() === 'out-of-memory' && !reported;
      reported ||= report;
      const found = await pop.call(device);
      return report ? ({ message: 'no room for it' } as GPUError) : found;
    };
  };
  const OUT_OF_MEMORY = {
    code: 'LIMIT_EXCEEDED',
    message: expect.stringContaining('out of memory: no room for it'),
    details: { kind: 'out-of-memory' },
  };

  it('a buffer that a program cannot use', async () => {
    const { device, live, kernels, call } = await start();
    const before = live();
    const create = device.createBuffer;
    // Not for storage, whatever it is asked for.
    device.createBuffer = (descriptor) => create({ ...descriptor, usage: 8 });
    const larger = () => kernels.matmul(other, new Float32Array(2 * 900), new Float32Array(900));
    const other = kernels.prepareMatrix(Float32Array.of(1, 2), { inner: 2 });
    expect(await failureOf(larger)).toMatchObject({ code: 'UNAVAILABLE', details: { kind: 'validation' } });
    device.createBuffer = create;
    other.dispose();
    expect(live()).toBeLessThanOrEqual(before);
    await call();
    kernels.dispose();
    expect(live()).toBe(0);
  });

  it('memory that runs out in a call', async () => {
    const { device, live, kernels, call } = await start();
    const before = live();
    runOut(device);
    expect(await failureOf(call)).toMatchObject(OUT_OF_MEMORY);
    expect(live()).toBeLessThanOrEqual(before);
    await call();
    kernels.dispose();
    expect(live()).toBe(0);
  });

  it('memory that runs out for an operand, to the call that needs it', async () => {
    const { device, kernels, call } = await start();
    runOut(device);
    const large = kernels.prepareMatrix(uniform(6, 1), { inner: 2 });
    const failing = () => kernels.matmul(large, Float32Array.of(1, 2), new Float32Array(3));
    expect(await failureOf(failing)).toMatchObject(OUT_OF_MEMORY);
    expect(await failureOf(failing)).toMatchObject(OUT_OF_MEMORY);
    const held = kernels.bytesHeld;
    large.dispose();
    expect(kernels.bytesHeld).toBeLessThan(held);
    await call();
    kernels.dispose();
  });
});

it('splits batches so that no buffer of a call is larger than 8 MiB', async () => {
  const { device } = await counted();
  const sizes: number[] = [];
  const create = device.createBuffer;
  device.createBuffer = (descriptor) => {
    sizes.push(descriptor.size);
    return create(descriptor);
  };
  const submit = vi.spyOn(device.queue, 'submit');
  const kernels = await createWebGpuKernels({ device });
  const codebook = kernels.prepareCodebook(new Float32Array(16), { dimensions: 16, metric: 'euclidean' });
  const matrix = kernels.prepareMatrix(new Float32Array(1000), { inner: 1 });
  // 40 MB of rows, and 40 MB of products.
  await kernels.nearest(codebook, new Float32Array(16 * 625_000), new Uint32Array(625_000));
  expect(submit).toHaveBeenCalledTimes(5);
  await kernels.matmul(matrix, new Float32Array(10_000), new Float32Array(10_000_000));
  expect(submit).toHaveBeenCalledTimes(5 + 5);
  expect(Math.max(...sizes)).toBe(1 << 23);
  kernels.dispose();
});
