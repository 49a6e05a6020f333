import { PolytokError } from '../errors.js';
import { requireNonNegative } from './non-negative.js';

/**
 * Gini coefficient `Σ|xi - xj| / (2 n² mean)` of per-item counts or rates: 0 when all are equal, `(n-1)/n` when
 * one item has everything. All zeros are equal, hence 0. O(n log n) by the sorted form `Σ(2i - n - 1) xi / (n Σx)`.
 * @throws PolytokError `INVALID_ARGUMENT` for no values, or a negative or non-finite one
 */
export function gini(values: ArrayLike<number>): number {
  const n = values.length;
  if (n === 0)
    throw new PolytokError(
      'INVALID_ARGUMENT',
      'The Gini coefficient of no values is undefined; pass at least one.',
    );
  requireNonNegative(values, 'values');
  const sorted = Float64Array.from(values).sort();
  const largest = sorted[n - 1];
  if (largest === 0) return 0;
  let weighted = 0;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const x = sorted[i] / largest; // at most 1, so that sums of huge values stay finite
    weighted += (2 * i - n + 1) * x;
    sum += x;
  }
  return Math.max(0, weighted / (n * sum));
}
