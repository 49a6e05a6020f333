import { PolytokError } from '@polytok/common';
import { sortedQuantile } from '../normalize/quantile-estimate.js';

/** Several measurements of one thing, in its own unit. Plain JSON. */
export interface Distribution {
  readonly mean: number;
  readonly min: number;
  /** Median. Quantiles interpolate linearly between the nearest two, as NumPy's do. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** @throws PolytokError `INVALID_ARGUMENT` for no values */
export function distribution(values: ArrayLike<number>): Distribution {
  if (values.length === 0) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      'There is no distribution of no values; measure at least one.',
    );
  }
  const sorted = Float64Array.from(values).sort();
  return {
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    min: sorted[0],
    p50: sortedQuantile(sorted, 0.5),
    p95: sortedQuantile(sorted, 0.95),
    p99: sortedQuantile(sorted, 0.99),
    max: sorted[sorted.length - 1],
  };
}
