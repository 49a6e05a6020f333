/**
 * Vector quantization (van den Oord et al., arXiv 1711.00937): the id of a vector is that of its nearest code.
 *
 *     vq         id = argmin |x − e|²,          decoded: e
 *     vq-cosine  id = argmax (x·e)/(|x||e|),    decoded: e/|e|   (Yu et al., arXiv 2110.04627; LlamaGen)
 *
 * Of codes equally near the lowest id wins, so that of two equal codes the second is never chosen.
 */

import { requireChoice } from '../arguments.js';
import type { AsyncKernels, Codebook, Kernels } from '../kernels/contract.js';
import type { Steps } from '../steps.js';
import { checkCodes, refuseZeroCode } from './check-codes.js';
import { CodebookQuantizer, type ComputeOptions } from './codebook-quantizer.js';
import { checkConfig } from './config-fields.js';
import type { QuantizerConfig, Vectors } from './contract.js';
import type { OperandSource } from './prepared-operands.js';
import { type QuantizerTensors, takeTensors } from './tensors.js';
import { unitRows } from './unit-rows.js';

export const VQ_VARIANTS = ['vq', 'vq-cosine'] as const;
export type VqVariant = (typeof VQ_VARIANTS)[number];

export interface VqOptions extends ComputeOptions {
  /** Default: 'vq'. */
  readonly variant?: VqVariant;
  /** `(count, dimension)`, at least one; of magnitude at most 1e15. Copied. */
  readonly codes: Float32Array;
  readonly dimension: number;
  /**
   * What 'vq-cosine' decodes to: codes of length 1, or codes as they are given. Ids are the same. Default: 'unit', as
   * LlamaGen; for 'vq' always 'as-given'.
   */
  readonly decoded?: 'unit' | 'as-given';
}

/**
 * See the top of this file. Quantizing a dequantized vector gives the same id, or that of an equal code (under cosine:
 * of one whose direction is the same up to rounding). Under cosine a zero vector has similarity 0 to every code and
 * gets id 0, and no code may be zero, having no direction.
 */
export class Vq extends CodebookQuantizer<Codebook> {
  readonly type: VqVariant;
  readonly decoded: 'unit' | 'as-given';
  /** Number of codes. */
  readonly count: number;
  readonly #codes: Float32Array;
  readonly #table: Float32Array;

  /** @throws PolytokError `INVALID_ARGUMENT` for options outside what {@link VqOptions} says, or a zero code under cosine */
  constructor({ variant = 'vq', codes, dimension, decoded, kernels }: VqOptions) {
    requireChoice(variant, 'variant', VQ_VARIANTS);
    const cosine = variant === 'vq-cosine';
    const form = decoded ?? (cosine ? 'unit' : 'as-given');
    requireChoice(form, 'decoded', cosine ? ['unit', 'as-given'] : ['as-given']);
    const count = checkCodes(codes, dimension);
    super({ dimension, codebookSizes: [count], layoutName: variant, kernels });
    this.type = variant;
    this.decoded = form;
    this.count = count;
    this.#codes = codes.slice();
    if (cosine) refuseZeroCode(this.#codes, dimension);
    this.#table = form === 'unit' ? Float32Array.from(unitRows(codes, dimension)) : this.#codes;
  }

  protected prepare(source: OperandSource): Codebook {
    const metric = this.type === 'vq' ? 'euclidean' : 'cosine';
    return source.prepareCodebook(this.#codes, { dimensions: this.dimension, metric });
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
    for (let j = 0; j < this.dimension; j++) vectors[start + j] = this.#table[from + j];
  }

  /** `codes`: `(count, dimension)`, as they were given. */
  tensors(): QuantizerTensors {
    return { codes: { shape: [this.count, this.dimension], values: this.#codes.slice() } };
  }

  toJSON(): QuantizerConfig {
    const { type, count, dimension, decoded, fingerprint } = this;
    return { type, count, dimension, decoded, fingerprint };
  }

  /** @throws PolytokError `INVALID_FORMAT`, `VOCABULARY_MISMATCH` for other tensors than stored, and what the constructor throws */
  static fromJSON(config: unknown, tensors: QuantizerTensors = {}, compute: ComputeOptions = {}): Vq {
    checkConfig(config, VQ_VARIANTS, {
      count: 'number',
      dimension: 'number',
      decoded: 'string',
      fingerprint: 'string',
    });
    const { type: variant, count, dimension, decoded } = config;
    const { codes } = takeTensors(variant as string, tensors, { codes: [Number(count), Number(dimension)] });
    const options = { variant, codes, dimension, decoded, ...compute } as VqOptions;
    return CodebookQuantizer.verified(new Vq(options), config);
  }
}
