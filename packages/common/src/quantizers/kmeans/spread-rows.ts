import { randomBelow } from '../../random.js';

export interface SpreadRowsOptions {
  /** `(rows, dimension)`, at least one row. */
  readonly rows: Float32Array;
  readonly dimension: number;
  /** Rows to choose. */
  readonly count: number;
  /** Random 32-bit integers. */
  readonly next: () => number;
}

/**
 * k-means++ (Arthur, Vassilvitskii 2007): each row is chosen with a probability in proportion to its squared distance
 * from the nearest row that is chosen already. Where fewer rows differ than are to be chosen, the rest are repeats.
 * Time O(rows · count · dimension).
 * @returns `(count, dimension)`
 */
export function spreadRows({ rows, dimension, count, next }: SpreadRowsOptions): Float32Array {
  const total = rows.length / dimension;
  const chosen = new Float32Array(count * dimension);
  const squared = new Float64Array(total).fill(Infinity);
  for (let code = 0; code < count; code++) {
    const row = code === 0 ? randomBelow(next, total) : drawWeighted(squared, next);
    const from = row * dimension;
    for (let j = 0; j < dimension; j++) chosen[code * dimension + j] = rows[from + j];
    for (let other = 0, at = 0; other < total; other++) {
      let sum = 0;
      for (let j = 0; j < dimension; j++, at++) sum += (rows[at] - rows[from + j]) ** 2;
      if (sum < squared[other]) squared[other] = sum;
    }
  }
  return chosen;
}

/** An index drawn in proportion to its weight; uniformly where all weights are 0. */
function drawWeighted(weights: Float64Array, next: () => number): number {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i];
  if (total === 0) return randomBelow(next, weights.length);
  const target = (next() / 2 ** 32) * total;
  let passed = 0;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    last = i;
    passed += weights[i];
    if (passed > target) return i;
  }
  return last;
}
