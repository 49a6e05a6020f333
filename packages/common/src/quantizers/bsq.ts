/**
 * Binary spherical quantization (Zhao et al., arXiv 2406.07548): a vector is projected onto the unit sphere and takes
 * the nearest corner of the cube inside it,
 *
 *     u = x/|x|,   q = sign(u)/√D   (sign(0) = −1)
 *
 * The signs of u are those of x, so that ids need no normalisation; the losses do (see `unitRows`). D may be more than
 * an id holds (36 in the paper): then the bits are spread evenly over several codebooks. Dimension 0 is the highest bit
 * of its id in the authors' code ('msb-first').
 */

import { requireInteger } from '../arguments.js';
import { type BitOrder, MAX_BITS, type ZeroSign } from '../bit-order.js';
import { PolytokError } from '../errors.js';
import { MAX_CODEBOOKS } from '../vocabulary.js';
import { checkConfig } from './config-fields.js';
import type { QuantizerConfig } from './contract.js';
import { SignQuantizer } from './sign-quantizer.js';

export interface BsqOptions {
  /** D: bits in a row, over all codebooks; a multiple of `codebooks`, at most 32 of them in each. */
  readonly dimension: number;
  /** Ids per row. Default: 1. */
  readonly codebooks?: number;
  readonly order: BitOrder;
  /** Default: 'negative', as published. */
  readonly zero?: ZeroSign;
}

/** See the top of this file. Quantizing a dequantized vector gives the same ids; dequantized rows have length 1. */
export class Bsq extends SignQuantizer {
  static readonly type = 'bsq';
  readonly type = Bsq.type;

  /** @throws PolytokError `INVALID_ARGUMENT` for options outside what {@link BsqOptions} says */
  constructor({ dimension, codebooks = 1, order, zero = 'negative' }: BsqOptions) {
    requireInteger(codebooks, 'codebooks', { minimum: 1, maximum: MAX_CODEBOOKS });
    requireInteger(dimension, 'dimension', { minimum: 1, maximum: MAX_BITS * codebooks });
    if (dimension % codebooks !== 0) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `${dimension} bits cannot be spread evenly over ${codebooks} codebooks. Choose a divisor of ${dimension}.`,
        { details: { dimension, codebooks } },
      );
    }
    super({ bits: dimension / codebooks, codebooks, order, zero, codeValue: 1 / Math.sqrt(dimension) });
  }

  toJSON(): QuantizerConfig {
    const { type, dimension, codebooks, order, zero } = this;
    return { type, dimension, codebooks, order, zero };
  }

  /** @throws PolytokError `INVALID_FORMAT`, and what the constructor throws */
  static fromJSON(config: unknown): Bsq {
    checkConfig(config, [Bsq.type], {
      dimension: 'number',
      codebooks: 'number',
      order: 'string',
      zero: 'string',
    });
    return new Bsq(config as unknown as BsqOptions);
  }
}
