import type { KmeansTotals, Metric } from './contract.js';
import type { LogMelLayout } from './log-mel/log-mel-layout.js';
import type { VoteRule } from './majority.js';

/**
 * What a backend implements: arithmetic on checked input. `createKernels` and `createAsyncKernels` make kernels of it;
 * checks, batching into blocks, scores, residuals and votes are the same for all and live in kernel-calls.ts. The
 * optional members are for backends where bringing intermediate values back costs more than the arithmetic.
 */
export interface Engine {
  readonly name: string;
  readonly bytesHeld: number;
  /** @param codes `(count, dimensions)`, not changed by anyone later */
  loadCodebook(codes: Float32Array, layout: CodebookLayout): EngineCodebook;
  loadMatrix(values: Float32Array, layout: MatrixLayout): EngineMatrix;
  /** Default, also where it returns nothing: products with the Fourier and mel matrices, by {@link loadMatrix}. */
  loadLogMel?(layout: LogMelLayout): EngineLogMel | undefined;
  /** All stages at once, with the residual rounded to float32 after each. Default: {@link EngineCodebook.nearest} per stage. */
  residualNearest?(stages: readonly EngineCodebook[], call: ResidualCall): Work;
}

/** Nothing where the work is done, a promise where it is under way. Synchronous kernels take only the former. */
export type Work = void | Promise<void>;

export interface CodebookLayout {
  readonly count: number;
  readonly dimensions: number;
  readonly metric: Metric;
}

export interface MatrixLayout {
  readonly inner: number;
  readonly columns: number;
  readonly transposed: boolean;
  /** `(columns)` */
  readonly bias: Float32Array;
}

export interface ResidualCall {
  /** `(rows, dimensions)` */
  readonly vectors: Float32Array;
  /** `(rows, stages)` */
  readonly ids: Uint32Array;
  /** `(rows, dimensions)`; may be `vectors` */
  readonly residuals: Float32Array | undefined;
}

export interface EngineCodebook {
  /** @param vectors `(rows, dimensions)`, `ids` `(rows)` */
  nearest(vectors: Float32Array, ids: Uint32Array): Work;
  /**
   * Finds ids and adds every row to its cluster, with the bits of add-to-clusters.ts. Default: that, after `nearest`.
   * @returns inertia of the rows
   */
  kmeansStep?(vectors: Float32Array, ids: Uint32Array, into: KmeansTotals): number;
  free(): void;
}

export interface EngineMatrix {
  /** @param rows `(rows, inner)`, `out` `(rows, columns)` */
  multiply(rows: Float32Array, out: Float32Array): Work;
  /** The majority of the products' signs, `(rows)`. Default: of the products of {@link multiply}. */
  vote?(rows: Float32Array, ids: Uint32Array, rule: VoteRule): Work;
  free(): void;
}

export interface EngineLogMel {
  /** @param signal samples under the frames, `(frames - 1) · hop + fftSize`, `out` `(frames, bands)`, at least one frame */
  transform(signal: Float32Array, out: Float32Array): Work;
  free(): void;
}
