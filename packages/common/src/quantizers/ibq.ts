/**
 * Index backpropagation quantization (IBQ; Shi et al., arXiv 2412.02692; SEED-Voken): codes are chosen by inner product,
 * so that a softmax over the same logits can pass gradients to all of them.
 *
 *     id = argmax z·e,   decoded: e     (nothing is normalised: long codes win)
 */

import { checkCodes } from './check-codes.js';
import { CodebookQuantizer, type ComputeOptions } from './codebook-quantizer.js';
import { checkConfig } from './config-fields.js';
import type { QuantizerConfig } from './contract.js';
import { SingleCodebookQuantizer } from './single-codebook-quantizer.js';
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
export class Ibq extends SingleCodebookQuantizer {
  static readonly type = 'ibq';
  readonly type = Ibq.type;

  /** @throws PolytokError `INVALID_ARGUMENT` for options outside what {@link IbqOptions} says */
  constructor({ codes, dimension, kernels }: IbqOptions) {
    checkCodes(codes, dimension);
    super({ compared: codes.slice(), dimension, metric: 'dot', layoutName: Ibq.type, kernels });
  }

  /** `codes`: `(count, dimension)`. */
  tensors(): QuantizerTensors {
    return { codes: { shape: [this.count, this.dimension], values: this.compared.slice() } };
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
