import type { Vectors } from './contract.js';
import { type RowMask, trainingRows } from './training-rows.js';

/**
 * Mean of (a − b)² over the dimensions of the rows that count: the commitment loss of `a` to its codes `b`.
 * @param a `(rows, dimension)`
 * @param b `(rows, dimension)`
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function meanSquaredDistance(a: Vectors, b: Vectors, dimension: number, mask?: RowMask): number {
  const starts = trainingRows(a, dimension, mask);
  let sum = 0;
  for (const start of starts) {
    for (let i = start; i < start + dimension; i++) sum += (a[i] - b[i]) ** 2;
  }
  return sum / (starts.length * dimension);
}
