/**
 * Lloyd's algorithm as steps, for synchronous and asynchronous kernels: every pass assigns each row to its nearest
 * code and then moves each code to the mean of its rows (under cosine: to the direction of the sum of their unit
 * vectors). A pass whose codes are good enough is the last, so that codes, inertia and counts belong together.
 */
import type { AsyncKernels, Codebook, Kernels, KmeansTotals } from '../../kernels/contract.js';
import { resultOf, type Steps } from '../../steps.js';
import { unitRows } from '../unit-rows.js';
import { isZeroRow, withoutZeroRows } from '../zero-rows.js';
import { FarRows } from './far-rows.js';
import { type InitialCodesOptions, initialCodes } from './initial-codes.js';
import type { VectorBatches } from './vector-batches.js';

export interface LloydOptions extends Omit<InitialCodesOptions, 'eachBatch'> {
  readonly kernels: Kernels | AsyncKernels;
  readonly batches: VectorBatches;
  readonly iterations: number;
  readonly tolerance: number;
  readonly empty: 'keep' | 'reseed';
  /** Called after every batch. */
  readonly breathe?: () => void | Promise<void>;
  readonly onProgress?: (progress: KmeansProgress) => void;
}

/** What one pass over the rows found. */
export interface KmeansProgress {
  /** Times the codes have moved. */
  readonly iteration: number;
  /** Sum over rows of the squared distance from their code, or of 1 − cosine. */
  readonly inertia: number;
  /** Codes that are nearest to no row. */
  readonly emptyCodes: number;
}

export interface KmeansResult {
  /** `(count, dimension)`; of length 1 under cosine. */
  readonly codes: Float32Array;
  /** Sum over rows of the squared distance from their code, or of 1 − cosine. */
  readonly inertia: number;
  /** Times the codes moved. */
  readonly iterations: number;
  /** `(count)` rows of each code. */
  readonly counts: Uint32Array;
}

/** @throws PolytokError `INVALID_ARGUMENT` for bad vectors, or none to start from */
export function* lloydSteps(options: LloydOptions): Steps<KmeansResult> {
  const { kernels, dimension, metric, iterations, tolerance, empty, onProgress } = options;
  let codes = yield* initialCodes({
    ...options,
    eachBatch: (work) =>
      // biome-ignore lint/correctness/useYield: nothing here is under way
      eachBatch(options, function* (batch) {
        work(batch);
      }),
  });
  let before = Infinity;
  for (let iteration = 0; ; iteration++) {
    const codebook = kernels.prepareCodebook(codes, { dimensions: dimension, metric });
    try {
      const { sums, counts, inertia } = yield* assign(options, codebook);
      const emptyCodes = counts.reduce((sum, count) => sum + Number(count === 0), 0);
      onProgress?.({ iteration, inertia, emptyCodes });
      const settled = iteration > 0 && before - inertia <= tolerance * before;
      if (settled || iteration === iterations) return { codes, inertia, iterations: iteration, counts };
      codes = centres(options, codes, { sums, counts });
      if (empty === 'reseed' && emptyCodes > 0) yield* reseed(options, codebook, counts, codes);
      before = inertia;
    } finally {
      codebook.dispose();
    }
  }
}

interface Assignment {
  readonly sums: Float64Array;
  readonly counts: Uint32Array;
  readonly inertia: number;
}

function* assign(options: LloydOptions, codebook: Codebook): Steps<Assignment> {
  const { kernels, dimension, count } = options;
  const sums = new Float64Array(count * dimension);
  const counts = new Uint32Array(count);
  let inertia = 0;
  yield* eachBatch(options, function* (batch) {
    inertia += yield* resultOf(kernels.kmeansStep(codebook, batch, { sums, counts }));
  });
  return { sums, counts, inertia };
}

/** The means of the clusters. A code stays where no row, or under cosine no direction, says where to go. */
function centres(
  { dimension, metric }: LloydOptions,
  codes: Float32Array,
  { sums, counts }: KmeansTotals,
): Float32Array {
  const cosine = metric === 'cosine';
  const directions = cosine ? unitRows(sums, dimension) : sums;
  const moved = codes.slice();
  for (let code = 0; code < counts.length; code++) {
    const start = code * dimension;
    if (counts[code] === 0 || (cosine && isZeroRow(directions, start, dimension))) continue;
    const divisor = cosine ? 1 : counts[code];
    for (let i = start; i < start + dimension; i++) moved[i] = directions[i] / divisor;
  }
  return moved;
}

/** Moves the codes of empty clusters to the rows that are farthest from their own code; takes a pass. */
function* reseed(options: LloydOptions, codebook: Codebook, counts: Uint32Array, codes: Float32Array): Steps {
  const { kernels, dimension, metric } = options;
  const emptyCodes = Array.from(counts.keys()).filter((code) => counts[code] === 0);
  const far = new FarRows(emptyCodes.length);
  yield* eachBatch(options, function* (batch) {
    const scores = new Float32Array(batch.length / dimension);
    yield kernels.nearest(codebook, batch, new Uint32Array(scores.length), scores);
    far.add(batch, metric === 'cosine' ? scores.map((similarity) => 1 - similarity) : scores);
  });
  far.rows().forEach((row, index) => {
    codes.set(metric === 'cosine' ? unitRows(row, dimension) : row, emptyCodes[index] * dimension);
  });
}

/** Under cosine rows of zeros, which have no direction, take no part. */
function* eachBatch(options: LloydOptions, work: (batch: Float32Array) => Steps): Steps {
  const { batches, dimension, metric, breathe } = options;
  yield* batches.each(function* (batch) {
    yield* work(metric === 'cosine' ? withoutZeroRows(batch, dimension) : batch);
    yield breathe?.();
  });
}
