import { requireChoice, requireInteger, requireShare } from '../../arguments.js';
import { breather } from '../../breathe.js';
import { PolytokError, throwIfAborted } from '../../errors.js';
import { checkLength, checkValues } from '../../kernels/check-values.js';
import type { AsyncKernels, Kernels } from '../../kernels/contract.js';
import { defaultKernels } from '../../kernels/default-kernels.js';
import { awaitSteps } from '../../steps.js';
import { refuseZeroCode } from '../check-codes.js';
import { type KmeansProgress, type KmeansResult, lloydSteps } from './lloyd.js';
import { VectorBatches, type VectorSource } from './vector-batches.js';

export interface KmeansOptions {
  /** Values per row. */
  readonly dimension: number;
  /** Codes to fit, at least 1. */
  readonly count: number;
  /** Default: 'euclidean'. 'cosine' is spherical k-means: codes have length 1, rows of zeros count for none. */
  readonly metric?: 'euclidean' | 'cosine';
  /**
   * Where codes start: at random rows, at rows far from each other (k-means++), or at these `(count, dimension)`.
   * Random rows are distinct while there are enough, otherwise some are taken twice. Default: 'random'.
   */
  readonly init?: 'random' | 'k-means++' | Float32Array;
  /**
   * Random rows that 'k-means++' chooses from, at least `count`; the time it takes grows with `initRows · count`.
   * Default: 8 per code.
   */
  readonly initRows?: number;
  /** Times the codes move at most; each takes a pass over the vectors. Default: 25. */
  readonly iterations?: number;
  /** Stops when the inertia falls by no more than this share; 0 goes on until it stays. Default: 1e-4. */
  readonly tolerance?: number;
  /**
   * What becomes of a code that no row is nearest to: it stays, or it moves to one of the rows farthest from their
   * codes, which costs another pass. Default: 'keep'.
   */
  readonly empty?: 'keep' | 'reseed';
  /** Integer. Default: 0. */
  readonly seed?: number;
  /** Default: WebAssembly kernels that all quantizers share. */
  readonly kernels?: Kernels | AsyncKernels;
  /** Called after every pass. */
  readonly onProgress?: (progress: KmeansProgress) => void;
  /** Looked at after every batch. */
  readonly signal?: AbortSignal;
}

/** Most values of a codebook, and of the rows it may start from: their sums in double precision take 1 GB. */
export const MAX_KMEANS_VALUES = 1 << 27;

/**
 * k-means (Lloyd 1957; Dhillon, Modha 2001 for cosine). Memory beside the kernels': the codes and their sums in double
 * precision, however long the vectors; a stream is never held. The result depends on rows, options and the kernels'
 * arithmetic, up to the order of double-precision sums not on how rows are batched.
 * @param vectors `(rows, dimension)`, at least one row; see {@link VectorSource}
 * @throws PolytokError `INVALID_ARGUMENT`, `ABORTED`, and what the source throws
 */
export async function fitKmeans(vectors: VectorSource, options: KmeansOptions): Promise<KmeansResult> {
  const {
    dimension,
    count,
    metric = 'euclidean',
    init = 'random',
    initRows = 8 * count,
    iterations = 25,
    tolerance = 1e-4,
    empty = 'keep',
    seed = 0,
    kernels = defaultKernels(),
    onProgress,
    signal,
  } = options;
  requireInteger(dimension, 'dimension', { minimum: 1 });
  requireInteger(count, 'count', { minimum: 1 });
  requireChoice(metric, 'metric', ['euclidean', 'cosine']);
  requireInteger(initRows, 'initRows', { minimum: count });
  checkSize(init === 'k-means++' ? initRows : count, dimension);
  checkInit(options);
  requireInteger(iterations, 'iterations');
  requireShare(tolerance, 'tolerance');
  requireChoice(empty, 'empty', ['keep', 'reseed']);
  requireInteger(seed, 'seed', { minimum: Number.MIN_SAFE_INTEGER });
  throwIfAborted(signal, 'k-means');
  const breathe = breather('k-means', signal);
  const batches = new VectorBatches(vectors, dimension);
  const work = { kernels, batches, dimension, count, metric, init, initRows, iterations, tolerance };
  return awaitSteps(lloydSteps({ ...work, empty, seed, breathe, onProgress }));
}

function checkSize(rows: number, dimension: number): void {
  if (rows * dimension <= MAX_KMEANS_VALUES) return;
  throw new PolytokError(
    'LIMIT_EXCEEDED',
    `k-means holds at most ${MAX_KMEANS_VALUES} values of codes or rows to start from; ${rows} of ${dimension} are more. Ask for fewer codes, or fewer initRows.`,
    { details: { rows, dimension, limit: MAX_KMEANS_VALUES } },
  );
}

function checkInit({ init = 'random', count, dimension, metric }: KmeansOptions): void {
  if (!(init instanceof Float32Array)) {
    requireChoice(init, 'init', ['random', 'k-means++']);
    return;
  }
  checkLength('init', init, count * dimension, '(count, dimension)');
  checkValues('init', init, dimension);
  if (metric === 'cosine') refuseZeroCode(init, dimension);
}
