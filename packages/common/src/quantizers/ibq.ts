/**
 * Index backpropagation quantization (IBQ; Shi et al., arXiv 2412.02692; SEED-Voken): codes are chosen by inner product,
 * so that a softmax over the same logits can pass gradients to all of them.
 *
 *     id = argmax z·e,   decoded: e     (nothing is normalised: long codes win)
 */

import type { AsyncKernels, Codebook, Kernels } from '../kernels/contract.js';
import type { Steps } from '../steps.js';
import { checkCodes } from './check-codes.js';
import { CodebookQuantizer, type ComputeOptions } from './codebook-quantizer.js';
import { checkConfig } from './config-fields.js';
import type { QuantizerConfig, Vectors } from './contract.js';
import type { OperandSource } from './prepared-operands.js';
import { type QuantizerTensors, takeTensors } from './tensors.js';

export interface IbqOptions extends ComputeOptions {
  /** `(count, dimension)`, at least one. Copied. */
  readonly codes: Float32Array;
  readonly dimension: number;
}

/**
 * See the top of this file. A code is only chosen where it is longest in some direction; so a dequantized vector may
 * quantize to another id. A zero vector gets id 0.
 */
export class Ibq extends CodebookQuantizer<Codebook> {
  static readonly type = 'ibq';
  readonly type = Ibq.type;
  /** Number of codes. */
  readonly count: number;
  readonly #codes: Float32Array;

  /** @throws PolytokError `INVALID_ARGUMENT` for options outside what {@link IbqOptions} says */
  constructor({ codes, dimension, kernels }: IbqOptions) {
    const count = checkCodes(codes, dimension);
    super({ dimension, codebookSizes: [count], layoutName: Ibq.type, kernels });
    this.count = count;
    this.#codes = codes.slice();
  }

  protected prepare(source: OperandSource): Codebook {
    return source.prepareCodebook(this.#codes, { dimensions: this.dimension, metric: 'dot' });
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
    for (let j = 0; j < this.dimension; j++) vectors[start + j] = this.#codes[from + j];
  }

  /** `codes`: `(count, dimension)`. */
  tensors(): QuantizerTensors {
    return { codes: { shape: [this.count, this.dimension], values: this.#codes.slice() } };
  }

  toJSON(): QuantizerConfig {
    const { type, count, dimension, fingerprint } = this;
    return { type, count, dimension, fingerprint };
  }

  /** @throws PolytokError `INVALID_FORMAT`, `VOCABULARY_MISMATCH` for other tensors than stored, and what the constructor throws */
  static fromJSON(config: unknown, tensors: QuantizerTensors = {}, compute: ComputeOptions = {}): Ibq {
    checkConfig(config, [Ibq.type], { count: 'number', dimension: 'number', fingerprint: 'string' });
    const { count, dimension } = config as Record<string, number>;
    const { codes } = takeTensors(Ibq.type, tensors, { codes: [count, dimension] });
    return CodebookQuantizer.verified(new Ibq({ codes, dimension, ...compute }), config);
  }
}
