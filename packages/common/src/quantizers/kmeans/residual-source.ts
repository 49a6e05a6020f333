import type { AsyncKernels, Codebook, Kernels } from '../../kernels/contract.js';
import { isVectors } from '../check-vectors.js';
import { collect, mapSource, type VectorSource } from './vector-batches.js';

export interface ResidualSourceOptions {
  readonly dimension: number;
  readonly kernels: Kernels | AsyncKernels;
  /** Called after every batch. */
  readonly breathe: () => Promise<void>;
}

/**
 * What residual stages leave over, stage after stage, as sources of rows. Rows that came as one array are held as one,
 * so that no stage quantizes them twice; a stream is quantized again whenever it is read.
 */
export class ResidualSource {
  readonly #options: ResidualSourceOptions;
  readonly #held: boolean;
  readonly #stages: Codebook[] = [];
  #rows: VectorSource;

  constructor(vectors: VectorSource, options: ResidualSourceOptions) {
    this.#options = options;
    this.#held = isVectors(vectors);
    this.#rows = vectors;
  }

  /** What the stages so far leave over. */
  get rows(): VectorSource {
    return this.#rows;
  }

  /** @param codes `(count, dimension)` of the next stage */
  async quantize(codes: Float32Array): Promise<void> {
    const { dimension, kernels, breathe } = this.#options;
    const stage = kernels.prepareCodebook(codes, { dimensions: dimension, metric: 'euclidean' });
    this.#stages.push(stage);
    const left = mapSource(this.#rows, dimension, async (batch) => {
      const residuals = new Float32Array(batch.length);
      await kernels.residualNearest([stage], batch, new Uint32Array(batch.length / dimension), residuals);
      await breathe();
      return residuals;
    });
    this.#rows = this.#held ? await collect(left, this.#rows as Float32Array) : left;
  }

  /** Frees the stages; {@link rows} is not to be read any more. */
  dispose(): void {
    for (const stage of this.#stages) stage.dispose();
  }
}
