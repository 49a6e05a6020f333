/**
 * Vector quantization (van den Oord et al., arXiv 1711.00937): the id of a vector is that of its nearest code.
 *
 *     vq         id = argmin |x − e|²,          decoded: e
 *     vq-cosine  id = argmax (x·e)/(|x||e|),    decoded: e/|e|   (Yu et al., arXiv 2110.04627; LlamaGen)
 *
 * Of codes equally near the lowest id wins, so that of two equal codes the second is never chosen.
 */

import { requireChoice } from '../arguments.js';
import { checkCodes, refuseZeroCode } from './check-codes.js';
import { CodebookQuantizer, type ComputeOptions } from './codebook-quantizer.js';
import { checkConfig } from './config-fields.js';
import type { QuantizerConfig } from './contract.js';
import { SingleCodebookQuantizer } from './single-codebook-quantizer.js';
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
export class Vq extends SingleCodebookQuantizer {
  readonly type: VqVariant;
  readonly decoded: 'unit' | 'as-given';

  /** @throws PolytokError `INVALID_ARGUMENT` for options outside what {@link VqOptions} says, or a zero code under cosine */
  constructor({ variant = 'vq', codes, dimension, decoded, kernels }: VqOptions) {
    requireChoice(variant, 'variant', VQ_VARIANTS);
    const cosine = variant === 'vq-cosine';
    const form = decoded ?? (cosine ? 'unit' : 'as-given');
    requireChoice(form, 'decoded', cosine ? ['unit', 'as-given'] : ['as-given']);
    checkCodes(codes, dimension);
    if (cosine) refuseZeroCode(codes, dimension);
    super({
      compared: codes.slice(),
      decoded: form === 'unit' ? Float32Array.from(unitRows(codes, dimension)) : undefined,
      dimension,
      metric: cosine ? 'cosine' : 'euclidean',
      layoutName: variant,
      kernels,
    });
    this.type = variant;
    this.decoded = form;
  }

  /** `codes`: `(count, dimension)`, as they were given. */
  tensors(): QuantizerTensors {
    return { codes: { shape: [this.count, this.dimension], values: this.compared.slice() } };
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
