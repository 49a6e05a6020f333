/**
 * Lookup-free quantization (Yu et al., arXiv 2310.05737): the code of a vector is the signs of its numbers,
 * `q = sign(x)` with sign(0) = −1, and the id is those bits. Two bit orders are in use for the same codes: lucidrains'
 * vector-quantize-pytorch reads dimension 0 as the highest bit, Open-MAGVIT2 as the lowest. Reversing the bits of an
 * id converts.
 */

import { requirePositive } from '../arguments.js';
import type { BitOrder, ZeroSign } from '../bit-order.js';
import { checkConfig } from './config-fields.js';
import type { QuantizerConfig } from './contract.js';
import { SignQuantizer } from './sign-quantizer.js';

export interface LfqOptions {
  /** Bits of one id, from 1 to 32. */
  readonly bits: number;
  /** Codebooks side by side: the dimension is `bits · codebooks`. Default: 1. */
  readonly codebooks?: number;
  readonly order: BitOrder;
  /** Codes are ±scale, or have length `scale` where spherical. Default: 1. */
  readonly scale?: number;
  /** Codes of each codebook lie on a sphere: ±scale/√bits. The ids stay the same. Default: false. */
  readonly spherical?: boolean;
  /** Default: 'negative', as published. */
  readonly zero?: ZeroSign;
}

/** See the top of this file. Quantizing a dequantized vector gives the same ids. */
export class Lfq extends SignQuantizer {
  static readonly type = 'lfq';
  readonly type = Lfq.type;
  readonly scale: number;
  readonly spherical: boolean;

  /** @throws PolytokError `INVALID_ARGUMENT` for options outside what {@link LfqOptions} says */
  constructor({ bits, codebooks = 1, order, scale = 1, spherical = false, zero = 'negative' }: LfqOptions) {
    requirePositive(scale, 'scale');
    super({ bits, codebooks, order, zero, codeValue: spherical ? scale / Math.sqrt(bits) : scale });
    this.scale = scale;
    this.spherical = spherical;
  }

  toJSON(): QuantizerConfig {
    const { type, bits, codebooks, order, scale, spherical, zero } = this;
    return { type, bits, codebooks, order, scale, spherical, zero };
  }

  /** @throws PolytokError `INVALID_FORMAT`, and what the constructor throws */
  static fromJSON(config: unknown): Lfq {
    checkConfig(config, [Lfq.type], {
      bits: 'number',
      codebooks: 'number',
      order: 'string',
      scale: 'number',
      spherical: 'boolean',
      zero: 'string',
    });
    return new Lfq(config as unknown as LfqOptions);
  }
}
