import type { AsyncKernels, Codebook, Kernels, Metric } from '../kernels/contract.js';
import type { Steps } from '../steps.js';
import { CodebookQuantizer, type ComputeOptions } from './codebook-quantizer.js';
import type { Vectors } from './contract.js';
import type { OperandSource } from './prepared-operands.js';

/** What a {@link SingleCodebookQuantizer} is built on. */
export interface SingleCodebook extends ComputeOptions {
  /** `(count, dimension)` that vectors are compared with; not changed by anyone later. */
  readonly compared: Float32Array;
  /** `(count, dimension)` that ids decode to. Default: `compared`. */
  readonly decoded?: Float32Array;
  readonly dimension: number;
  readonly metric: Metric;
  /** Names the id layout in the vocabulary. */
  readonly layoutName: string;
}

/** A quantizer with one codebook: the id of a vector is that of the code which the metric puts first. */
export abstract class SingleCodebookQuantizer extends CodebookQuantizer<Codebook> {
  /** Number of codes. */
  readonly count: number;
  protected readonly compared: Float32Array;
  readonly #decoded: Float32Array;
  readonly #metric: Metric;

  constructor({ compared, decoded = compared, dimension, metric, layoutName, kernels }: SingleCodebook) {
    const count = compared.length / dimension;
    super({ dimension, codebookSizes: [count], layoutName, kernels });
    this.count = count;
    this.compared = compared;
    this.#decoded = decoded;
    this.#metric = metric;
  }

  protected prepare(source: OperandSource): Codebook {
    return source.prepareCodebook(this.compared, { dimensions: this.dimension, metric: this.#metric });
  }

  protected *quantizeSteps(
    kernels: Kernels | AsyncKernels,
    codebook: Codebook,
    vectors: Float32Array,
    ids: Uint32Array,
  ): Steps {
    yield kernels.nearest(codebook, vectors, ids);
  }

  protected codesToRow(codes: ArrayLike<number>, at: number, vectors: Vectors, start: number): void {
    const from = codes[at] * this.dimension;
    for (let j = 0; j < this.dimension; j++) vectors[start + j] = this.#decoded[from + j];
  }
}
