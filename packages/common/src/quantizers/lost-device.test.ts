/** Quantizers and their training on a GPU that disappears, where the machine has one. */
import { describe, expect, it } from 'vitest';
import { uniform } from '../kernels/random-values.fixture.js';
import { createTfjsKernels } from '../kernels/tfjs/create-tfjs-kernels.js';
import { tfjsOn } from '../kernels/tfjs/tfjs-backends.fixture.js';
import { createWebGpuKernels } from '../kernels/webgpu/create-webgpu-kernels.js';
import { webGpuBackends } from '../kernels/webgpu/webgpu-backends.fixture.js';
import { fitPca } from '../pca/index.js';
import { EmaTrainer } from './ema/ema-trainer.js';
import { ResidualEmaTrainer } from './ema/residual-ema-trainer.js';
import { fitKmeans } from './kmeans/fit-kmeans.js';
import { fitRvq } from './kmeans/fit-rvq.js';
import { MultiScaleVq } from './multi-scale-vq.js';
import { Rvq } from './rvq.js';

const LOST = { code: 'DEVICE_LOST', message: expect.stringContaining('Create new kernels') };
const ROWS = uniform(50 * 4, 1);
const shape = { dimension: 4 } as const;

// The fixture says why there is none.
describe.runIf(webGpuBackends.length > 0)('a GPU that disappears', () => {
  it.each([
    new Rvq({ ...shape, codebooks: [uniform(40, 3), uniform(40, 4)] }),
    new MultiScaleVq({
      codes: uniform(20, 5),
      channels: 1,
      phiWeights: uniform(9, 6),
      phiBiases: uniform(1, 7),
      sides: [1, 2],
    }),
  ])('fails $type in mid-run, which works on other kernels at once', async (quantizer) => {
    const kernels = await createWebGpuKernels();
    const vectors = uniform(20 * quantizer.dimension, 8);
    await quantizer.quantizeOn(kernels, vectors);
    const underWay = quantizer.quantizeOn(kernels, vectors).catch((error: unknown) => error);
    kernels.device.destroy();
    expect(await underWay).toMatchObject(LOST);
    await expect(quantizer.quantizeOn(kernels, vectors)).rejects.toMatchObject(LOST);
    expect(await quantizer.quantizeOn(createTfjsKernels({ tf: tfjsOn('cpu') }), vectors)).toEqual(
      quantizer.quantize(vectors),
    );
    quantizer.dispose();
  });

  it('ends k-means between passes', async () => {
    const kernels = await createWebGpuKernels();
    let passes = 0;
    const fit = fitKmeans(ROWS, {
      ...{ ...shape, count: 3, kernels, iterations: 50, tolerance: 0 },
      onProgress: () => {
        if (++passes === 2) kernels.device.destroy();
      },
    });
    await expect(fit).rejects.toMatchObject(LOST);
    expect(passes).toBe(2);
  });

  it('ends the fit of stages, and of principal components', async () => {
    const kernels = await createWebGpuKernels();
    kernels.device.destroy();
    await expect(fitRvq(ROWS, { ...shape, counts: [3, 2], kernels })).rejects.toMatchObject(LOST);
    const projection = await fitPca(ROWS, { ...shape, variant: 'pca' });
    await expect(projection.applyOn(kernels, ROWS)).rejects.toMatchObject(LOST);
    projection.dispose();
  });

  it.each([
    ['EmaTrainer', new EmaTrainer({ ...shape, count: 3, codes: uniform(12, 9) })],
    ['ResidualEmaTrainer', new ResidualEmaTrainer({ ...shape, counts: [3, 2] })],
  ] as const)('leaves the state of %s as it was', async (_, trainer) => {
    const kernels = await createWebGpuKernels();
    await trainer.stepOn(kernels, ROWS);
    const before = trainer.tensors();
    const step = trainer.stepOn(kernels, ROWS).catch((error: unknown) => error);
    kernels.device.destroy();
    expect(await step).toMatchObject(LOST);
    expect(trainer.tensors()).toEqual(before);
    expect(trainer.toJSON()).toMatchObject({ steps: 1 });
    trainer.step(ROWS);
  });
});
