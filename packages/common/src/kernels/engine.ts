import type { Metric } from './contract.js';

/**
 * What a backend implements: arithmetic on checked input. `createKernels` makes {@link Kernels} of it; checks,
 * batching into blocks, scores, residuals and votes are the same for all and live there.
 */
export interface Engine {
  readonly name: string;
  readonly bytesHeld: number;
  /** @param codes `(count, dimensions)`; copied */
  loadCodebook(codes: Float32Array, layout: CodebookLayout): EngineCodebook;
  loadMatrix(values: Float32Array, layout: MatrixLayout): EngineMatrix;
}

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

export interface EngineCodebook {
  /** @param vectors `(rows, dimensions)`, `ids` `(rows)` */
  nearest(vectors: Float32Array, ids: Uint32Array): void;
  free(): void;
}

export interface EngineMatrix {
  /** @param rows `(rows, inner)`, `out` `(rows, columns)` */
  multiply(rows: Float32Array, out: Float32Array): void;
  free(): void;
}
