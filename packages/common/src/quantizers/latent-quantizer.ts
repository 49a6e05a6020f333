/**
 * Latent quantization (Hsu et al., arXiv 2305.18378): every dimension has a small codebook of scalars of its own, and
 * each number of a vector is replaced by the nearest value of its dimension,
 *
 *     digit_j = argmin_v |x_j − V_j[v]|,   id = Σ digit_j · Π_{i<j} L_i   (first dimension fastest)
 *
 * The values start evenly spaced and are learned. vector-quantize-pytorch (`LatentQuantize`) derives its ids from the
 * values, as if they still stood where they started; so its ids agree with these before training and are no ids after
 * it. Here the id says which value, wherever that stands.
 */

import { requireIntegers } from '../arguments.js';
import { PolytokError } from '../errors.js';
import { checkVectors } from './check-vectors.js';
import { checkConfig } from './config-fields.js';
import type { QuantizerConfig, Vectors } from './contract.js';
import { DigitLayout } from './digit-layout.js';
import { DigitQuantizer } from './digit-quantizer.js';

/** Most values of one dimension: quantizing looks at each of them. */
export const MAX_LATENT_VALUES = 1 << 16;

export interface LatentQuantizerOptions {
  /**
   * V: the values of each dimension of one codebook, 2 to 65 536 finite numbers in any order; the product of their
   * counts is at most 2^32. Copied.
   */
  readonly values: readonly ArrayLike<number>[];
  /** Codebooks side by side, all with these values: the dimension is `values.length · codebooks`. Default: 1. */
  readonly codebooks?: number;
}

/**
 * See the top of this file. Of equally near values the first is chosen. Quantizing a dequantized vector gives the same
 * ids, unless a value stands twice.
 */
export class LatentQuantizer extends DigitQuantizer {
  static readonly type = 'latent';
  readonly type = LatentQuantizer.type;
  readonly codebooks: number;
  readonly #values: readonly Float64Array[];

  /** @throws PolytokError `INVALID_ARGUMENT` for options outside what {@link LatentQuantizerOptions} says; `LIMIT_EXCEEDED` */
  constructor({ values, codebooks = 1 }: LatentQuantizerOptions) {
    const own = copyValues(values);
    const layout = new DigitLayout({ levels: own.map(({ length }) => length), codebooks });
    super({ dimension: layout.digits, layout, layoutName: 'first-fastest' });
    this.codebooks = codebooks;
    this.#values = own;
  }

  /** Values per dimension of one codebook. */
  get levels(): readonly number[] {
    return this.layout.levels;
  }

  /** V, a copy: `(dimensions of one codebook)` lists. */
  get values(): number[][] {
    return this.#values.map((values) => Array.from(values));
  }

  /**
   * Which value of its dimension each number is nearest to.
   * @param vectors `(rows, dimension)`
   * @returns `(rows, dimension)`
   * @throws PolytokError `INVALID_ARGUMENT` as `quantize` does
   */
  nearestValues(vectors: Vectors): Uint32Array {
    checkVectors(vectors, this.dimension);
    const digits = new Uint32Array(vectors.length);
    for (let at = 0; at < digits.length; at += this.dimension) {
      this.rowToDigits(vectors, at, digits.subarray(at, at + this.dimension));
    }
    return digits;
  }

  protected rowToDigits(vectors: Vectors, at: number, digits: Uint32Array): void {
    const values = this.#values;
    for (let i = 0; i < digits.length; i++) digits[i] = nearestOf(values[i % values.length], vectors[at + i]);
  }

  protected digitsToRow(digits: Uint32Array, vectors: Vectors, at: number): void {
    const values = this.#values;
    for (let i = 0; i < digits.length; i++) vectors[at + i] = values[i % values.length][digits[i]];
  }

  toJSON(): QuantizerConfig {
    const { type, values, codebooks } = this;
    return { type, values, codebooks };
  }

  /** @throws PolytokError `INVALID_FORMAT`, and what the constructor throws */
  static fromJSON(config: unknown): LatentQuantizer {
    checkConfig(config, [LatentQuantizer.type], { values: 'numbers', codebooks: 'number' });
    return new LatentQuantizer(config as unknown as LatentQuantizerOptions);
  }
}

/**
 * The values that training starts from, as in vector-quantize-pytorch: `v/(L−1) − ½` for odd L, `v/L − ½` for even L, so
 * that 0 is a value and −½ the least.
 * @param levels L of each dimension, at least 2
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function initialLatentValues(levels: readonly number[]): number[][] {
  requireIntegers(levels, 'levels', { minimum: 2, maximum: MAX_LATENT_VALUES });
  return levels.map((count) => {
    const steps = count % 2 === 1 ? count - 1 : count;
    return Array.from({ length: count }, (_, v) => v / steps - 0.5);
  });
}

function copyValues(values: readonly ArrayLike<number>[]): Float64Array[] {
  if (!Array.isArray(values) || values.length === 0) throw badValues('a list of lists', values);
  return values.map((list: ArrayLike<number>, dimension) => {
    const count = list?.length;
    if (!(count >= 2 && count <= MAX_LATENT_VALUES)) {
      throw badValues(`2 to ${MAX_LATENT_VALUES} numbers for dimension ${dimension}`, count);
    }
    const own = Float64Array.from(list);
    const bad = own.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw badValues(`finite numbers for dimension ${dimension}`, own[bad]);
    return own;
  });
}

function badValues(expected: string, actual: unknown): PolytokError {
  return new PolytokError(
    'INVALID_ARGUMENT',
    `'values' must be ${expected}; got ${actual}. initialLatentValues() makes values from levels.`,
    { details: { name: 'values', actual } },
  );
}

function nearestOf(values: Float64Array, x: number): number {
  let best = 0;
  for (let v = 1; v < values.length; v++) {
    if (Math.abs(x - values[v]) < Math.abs(x - values[best])) best = v;
  }
  return best;
}
