/**
 * Quantizers and their training on asynchronous backends, beside WebAssembly.
 *
 * Ids may differ where float32 cannot tell two codes apart. A row counts as decided, and has to get the same ids
 * everywhere, if its ids on WebAssembly stay when its values move by {@link NEAR} of themselves; nearly all rows are.
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AsyncKernels } from '../kernels/contract.js';
import { uniform } from '../kernels/random-values.fixture.js';
import { tfjsBackends } from '../kernels/tfjs/tfjs-backends.fixture.js';
import { webGpuBackends } from '../kernels/webgpu/webgpu-backends.fixture.js';
import type { CodebookQuantizer } from './codebook-quantizer.js';
import { EmaTrainer } from './ema/ema-trainer.js';
import { ResidualEmaTrainer } from './ema/residual-ema-trainer.js';
import { largestDifference } from './goldens.fixture.js';
import { GroupedRvq } from './grouped-rvq.js';
import { Ibq } from './ibq.js';
import { fitKmeans } from './kmeans/fit-kmeans.js';
import { fitProductVq } from './kmeans/fit-product-vq.js';
import { fitRvq } from './kmeans/fit-rvq.js';
import { MultiScaleVq } from './multi-scale-vq.js';
import { ProductVq } from './product-vq.js';
import { ProjectedVotingLfq } from './projected-voting-lfq.js';
import { RandomProjection } from './random-projection.js';
import { randomRotation } from './rotation.js';
import { Rvq } from './rvq.js';
import { SimVq } from './sim-vq.js';
import type { QuantizerTensors } from './tensors.js';
import { VQ_VARIANTS, Vq } from './vq.js';

/** 128 times the rounding of float32, more than sums of 16 products come to. */
const NEAR = 2 ** -17;
/** Largest difference of a trained number from WebAssembly's. Sums are float64 on every backend, so it may be small. */
const TRAINED_TOLERANCE = 1e-6;

const DIMENSION = 16;
const ROWS = 300;
const COUNT = 100;

const codes = (seed: number) => uniform(COUNT * DIMENSION, seed);
const halves = (seed: number) => uniform(COUNT * 8, seed);
const stages = [1, 2, 3].map((seed) => codes(seed).map((value) => value / seed));

const quantizers: readonly CodebookQuantizer<unknown>[] = [
  new Vq({ codes: codes(1), dimension: DIMENSION }),
  new Vq({ variant: 'vq-cosine', codes: codes(2), dimension: DIMENSION }),
  new Rvq({ codebooks: stages, dimension: DIMENSION }),
  new GroupedRvq({
    codebooks: [
      [halves(3), halves(4)],
      [halves(5), halves(6)],
    ],
    dimension: DIMENSION,
  }),
  new ProductVq({
    codebooks: [halves(7), halves(8)],
    dimension: DIMENSION,
    rotation: randomRotation({ dimension: DIMENSION }),
  }),
  SimVq.random({ count: COUNT, dimension: DIMENSION, seed: 1 }),
  RandomProjection.random({ count: COUNT, dimension: DIMENSION, projectedDimension: 8, seed: 2 }),
  new Ibq({ codes: codes(9), dimension: DIMENSION }),
  new MultiScaleVq({
    codes: uniform(COUNT * 4, 10),
    channels: 4,
    phiWeights: uniform(4 * 4 * 9, 20),
    phiBiases: uniform(4, 25),
    sides: [1, 2],
  }),
  new ProjectedVotingLfq({
    dimension: DIMENSION,
    voters: 5,
    bits: 8,
    weights: uniform(5 * 8 * DIMENSION, 30),
    biases: uniform(5 * 8, 31),
    outputWeights: uniform(8 * DIMENSION, 32),
    outputBiases: uniform(DIMENSION, 33),
  }),
];

/** Rows around ten points, far enough apart that hardly a row lies between two codes. */
function heaps(seed: number): Float32Array {
  const points = uniform(10 * DIMENSION, 11);
  return uniform(ROWS * DIMENSION, seed).map((noise, at) => points[at % points.length] + noise / 10);
}

function idsByRow(quantizer: CodebookQuantizer<unknown>, ids: ArrayLike<number>): string[] {
  const width = quantizer.codebookSizes.length;
  return Array.from({ length: ids.length / width }, (_, row) =>
    Array.from({ length: width }, (_, at) => ids[row * width + at]).join(' '),
  );
}

function decidedRows(quantizer: CodebookQuantizer<unknown>, vectors: Float32Array): number[] {
  const ids = idsByRow(quantizer, quantizer.quantize(vectors));
  const moved = [21, 22, 23, 24].map((seed) => {
    const noise = uniform(vectors.length, seed);
    const near = vectors.map((value, at) => value * (1 + NEAR * Math.sign(noise[at])));
    return idsByRow(quantizer, quantizer.quantize(near));
  });
  return [...ids.keys()].filter((row) => moved.every((others) => others[row] === ids[row]));
}

function expectSameTensors(actual: QuantizerTensors, expected: QuantizerTensors): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [name, { values }] of Object.entries(expected)) {
    expect(largestDifference(actual[name].values, values)).toBeLessThan(TRAINED_TOLERANCE);
  }
}

describe.each([...tfjsBackends, ...webGpuBackends])('on $name', async ({ create }) => {
  const kernels: AsyncKernels = await create();
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each(quantizers)('$type gives decided rows the same ids', async (quantizer) => {
    const vectors = uniform(ROWS * quantizer.dimension, 12);
    const decided = decidedRows(quantizer, vectors);
    expect(decided.length).toBeGreaterThan(0.98 * ROWS);
    const expected = idsByRow(quantizer, quantizer.quantize(vectors));
    const actual = idsByRow(quantizer, await quantizer.quantizeOn(kernels, vectors));
    for (const row of decided) expect(actual[row]).toBe(expected[row]);
    expect(kernels.bytesHeld).toBeGreaterThan(0);
    quantizer.dispose();
    expect(kernels.bytesHeld).toBe(0);
  });

  it.each(['euclidean', 'cosine'] as const)('k-means gives the same codes, %s', async (metric) => {
    const options = { dimension: DIMENSION, count: 12, metric, init: 'k-means++', empty: 'reseed' } as const;
    const expected = await fitKmeans(heaps(13), options);
    const step = vi.spyOn(kernels, 'kmeansStep');
    const actual = await fitKmeans(heaps(13), { ...options, kernels });
    expect(step).toHaveBeenCalledTimes(actual.iterations + 1);
    expect(largestDifference(actual.codes, expected.codes)).toBeLessThan(TRAINED_TOLERANCE);
    expect(actual.counts).toEqual(expected.counts);
    expect(actual.inertia / expected.inertia).toBeCloseTo(1, 6);
  });

  it('residual and product quantizers are fitted to the same codes', async () => {
    const rvq = { dimension: DIMENSION, counts: [10, 8, 4] };
    const product = { dimension: DIMENSION, counts: [10, 6], rotation: 'random' } as const;
    const rows = heaps(14);
    expectSameTensors(
      (await fitRvq(rows, { ...rvq, kernels })).tensors(),
      (await fitRvq(rows, rvq)).tensors(),
    );
    expectSameTensors(
      (await fitProductVq(rows, { ...product, kernels })).tensors(),
      (await fitProductVq(rows, product)).tensors(),
    );
  });

  it.each(VQ_VARIANTS)('moving averages take the same steps, %s', async (variant) => {
    const options = { variant, dimension: DIMENSION, count: 12, deadBelow: 0.5 } as const;
    const own = new EmaTrainer(options);
    const other = new EmaTrainer(options);
    const step = vi.spyOn(kernels, 'kmeansStep');
    const mask = Array.from({ length: ROWS }, (_, row) => row % 3);
    for (const seed of [15, 16, 17]) {
      const rows = heaps(seed);
      const expected = own.step(rows, { mask });
      const actual = await other.stepOn(kernels, rows, { mask });
      expect(actual.ids).toEqual(expected.ids);
      expect(actual.commitmentLoss).toBeCloseTo(expected.commitmentLoss, 6);
      expect(actual.revived).toBe(expected.revived);
      expectSameTensors(other.tensors(), own.tensors());
    }
    expect(step).toHaveBeenCalled();
  });

  it('moving averages of residual stages take the same steps', async () => {
    const options = { dimension: DIMENSION, counts: [10, 8], decay: 0.5 };
    const own = new ResidualEmaTrainer(options);
    const other = new ResidualEmaTrainer(options);
    for (const seed of [18, 19]) {
      own.step(heaps(seed));
      await other.stepOn(kernels, heaps(seed));
    }
    expectSameTensors(other.tensors(), own.tensors());
  });
});
