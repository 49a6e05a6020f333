/**
 * Finite scalar quantization (Mentzer et al., arXiv 2309.15505): each dimension is squashed by tanh and rounded to one
 * of L levels; the levels of all dimensions together make the id, first dimension fastest. No codebook is stored.
 *
 *     code = round(tanh(z + s)·h − o) / ⌊L/2⌋,   o = ½ for even L, else 0   (round half to even)
 *
 * | variant          | h            | s          | where                                         |
 * |------------------|--------------|------------|-----------------------------------------------|
 * | `fsq-paper`      | (L−1)(1−ε)/2 | tan(o/h)   | the paper's appendix; S3 tokenizer with L = 3 |
 * | `fsq-lucidrains` | (L−1)(1+ε)/2 | atanh(o/h) | vector-quantize-pytorch, Cosmos               |
 *
 * with ε = 10⁻³. `fsq-lucidrains-symmetric` (`preserve_symmetry` there, arXiv 2411.19842) spreads the levels evenly over
 * [−1, 1] instead: code = 2/(L−1)·⌊(L−1)(tanh z + 1)/2 + ½⌋ − 1. The variants differ near the edges of their cells, so
 * that ids are only comparable within one.
 */

import { requireChoice } from '../arguments.js';
import { roundHalfEven } from '../round-half-even.js';
import { checkConfig } from './config-fields.js';
import type { QuantizerConfig, Vectors } from './contract.js';
import { DigitLayout } from './digit-layout.js';
import { DigitQuantizer } from './digit-quantizer.js';
import { FSQ_VARIANTS, type FsqBound, type FsqVariant, fsqBounds } from './fsq-bounds.js';
import { symmetricDigit, symmetricValue } from './symmetric-levels.js';

export { FSQ_VARIANTS, type FsqVariant } from './fsq-bounds.js';

export interface FsqOptions {
  readonly variant: FsqVariant;
  /** Levels per dimension of one codebook, at least 2 for the symmetric variant and 3 for the others; the product is at most 2^32. */
  readonly levels: readonly number[];
  /** Codebooks side by side, each with these levels: the dimension is `levels.length · codebooks`. Default: 1. */
  readonly codebooks?: number;
}

/**
 * See the top of this file. Quantizing a dequantized vector gives other ids in general: vectors are squashed, codes
 * are not. Every id is reached by some vector, but for the outermost levels of `fsq-paper` beyond 1000 levels.
 */
export class Fsq extends DigitQuantizer {
  readonly type: FsqVariant;
  readonly levels: readonly number[];
  readonly codebooks: number;
  /** Per dimension of one codebook; `undefined` for the symmetric variant, which needs none. */
  readonly #bounds: readonly FsqBound[] | undefined;

  /** @throws PolytokError `INVALID_ARGUMENT` for levels, codebooks or a variant outside what {@link FsqOptions} says; `LIMIT_EXCEEDED` */
  constructor({ variant, levels, codebooks = 1 }: FsqOptions) {
    requireChoice(variant, 'variant', FSQ_VARIANTS);
    const layout = new DigitLayout({ levels, codebooks });
    super({ dimension: layout.digits, layout, layoutName: 'first-fastest' });
    this.type = variant;
    this.levels = layout.levels;
    this.codebooks = codebooks;
    this.#bounds = variant === 'fsq-lucidrains-symmetric' ? undefined : fsqBounds(variant, levels);
  }

  protected rowToDigits(vectors: Vectors, at: number, digits: Uint32Array): void {
    const { levels } = this;
    const bounds = this.#bounds;
    for (let i = 0; i < digits.length; i++) {
      const j = i % levels.length;
      digits[i] =
        bounds === undefined
          ? symmetricDigit(Math.tanh(vectors[at + i]), levels[j])
          : boundedDigit(vectors[at + i], bounds[j], levels[j]);
    }
  }

  protected digitsToRow(digits: Uint32Array, vectors: Vectors, at: number): void {
    const { levels } = this;
    const symmetric = this.#bounds === undefined;
    for (let i = 0; i < digits.length; i++) {
      const count = levels[i % levels.length];
      const centre = Math.floor(count / 2);
      vectors[at + i] = symmetric ? symmetricValue(digits[i], count) : (digits[i] - centre) / centre;
    }
  }

  toJSON(): QuantizerConfig {
    const { type, levels, codebooks } = this;
    return { type, levels, codebooks };
  }

  /** @throws PolytokError `INVALID_FORMAT`, and what the constructor throws */
  static fromJSON(config: unknown): Fsq {
    checkConfig(config, FSQ_VARIANTS, { levels: 'numbers', codebooks: 'number' });
    const { type, levels, codebooks } = config;
    return new Fsq({ variant: type, levels, codebooks } as FsqOptions);
  }
}

function boundedDigit(value: number, { half, shift, offset }: FsqBound, count: number): number {
  const digit = roundHalfEven(Math.tanh(value + shift) * half - offset) + Math.floor(count / 2);
  // From about 1000 levels on, the extra ε of `fsq-lucidrains` reaches past the outermost levels.
  return Math.min(Math.max(digit, 0), count - 1);
}
