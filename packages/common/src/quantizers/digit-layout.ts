import { requireInteger, requireIntegers } from '../arguments.js';
import type { IdArray } from '../contract.js';
import { PolytokError } from '../errors.js';
import { MAX_CODEBOOKS } from '../vocabulary.js';

/** Largest codebook: ids are stored in at most 32 bits. */
export const MAX_CODEBOOK_SIZE = 2 ** 32;

/** Which digit of an id changes from one id to the next. */
export type DigitOrder = 'first-fastest' | 'last-fastest';

export interface DigitLayoutOptions {
  /** Levels of each digit of one codebook, at least 2; their product is at most 2^32. */
  readonly levels: readonly number[];
  /** Codebooks in a row, all with the same levels. Default: 1. */
  readonly codebooks?: number;
  /** Default: 'first-fastest'. */
  readonly order?: DigitOrder;
}

/**
 * Mixed-radix numbers: the digits of each codebook, one per dimension, make one id,
 * `id = Σ digit_j · weight_j`. With 'first-fastest' the weight of a digit is the product of the levels before it
 * (1, L_0, L_0·L_1, …), with 'last-fastest' of those after it. Every id below the product of the levels stands for
 * exactly one row of digits.
 */
export class DigitLayout {
  /** Levels of each digit of one codebook. */
  readonly levels: readonly number[];
  readonly codebooks: number;
  readonly order: DigitOrder;
  readonly codebookSizes: readonly number[];
  readonly #weights: readonly number[];

  /** @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED` */
  constructor({ levels, codebooks = 1, order = 'first-fastest' }: DigitLayoutOptions) {
    requireIntegers(levels, 'levels', { minimum: 2, maximum: MAX_CODEBOOK_SIZE });
    requireInteger(codebooks, 'codebooks', { minimum: 1, maximum: MAX_CODEBOOKS });
    const { weights, size } = weigh(levels, order);
    this.levels = Object.freeze([...levels]);
    this.codebooks = codebooks;
    this.order = order;
    this.codebookSizes = Object.freeze(new Array<number>(codebooks).fill(size));
    this.#weights = weights;
  }

  /** Digits in a row, over all codebooks. */
  get digits(): number {
    return this.levels.length * this.codebooks;
  }

  /** Writes the ids of one row of digits to `codes[at …]`. */
  pack(digits: ArrayLike<number>, codes: IdArray, at: number): void {
    const { codebooks } = this;
    const weights = this.#weights;
    let next = 0;
    for (let codebook = 0; codebook < codebooks; codebook++) {
      let id = 0;
      // Products, not shifts: a shift is signed from 2^31 on.
      for (let j = 0; j < weights.length; j++) id += digits[next++] * weights[j];
      codes[at + codebook] = id;
    }
  }

  /** Reads the ids at `codes[at …]` as one row of digits. */
  unpack(codes: ArrayLike<number>, at: number, digits: Uint32Array): void {
    const { codebooks, levels } = this;
    const weights = this.#weights;
    let next = 0;
    for (let codebook = 0; codebook < codebooks; codebook++) {
      const id = codes[at + codebook];
      for (let j = 0; j < weights.length; j++) digits[next++] = Math.floor(id / weights[j]) % levels[j];
    }
  }
}

function weigh(levels: readonly number[], order: DigitOrder): { weights: number[]; size: number } {
  const weights: number[] = new Array(levels.length);
  let size = 1;
  for (let step = 0; step < levels.length; step++) {
    const j = order === 'first-fastest' ? step : levels.length - 1 - step;
    weights[j] = size;
    size *= levels[j];
  }
  if (size > MAX_CODEBOOK_SIZE) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `A codebook has at most 2^32 ids; [${levels}] makes ${size}. Spread the dimensions over several codebooks.`,
      { details: { levels, size, limit: MAX_CODEBOOK_SIZE } },
    );
  }
  return { weights, size };
}
