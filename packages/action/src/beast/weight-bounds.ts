import { PolytokError } from '@polytok/common';

/** Bounds of every control point of every column, `(points, columns)` in input order. */
export interface WeightBounds {
  readonly low: Float64Array;
  /** At least `low`; where equal, the control point is a constant. */
  readonly high: Float64Array;
}

/** A copy of the bounds. @throws PolytokError `INVALID_ARGUMENT` unless they are finite, in order and of this length */
export function checkBounds({ low, high }: WeightBounds, length: number): WeightBounds {
  const valid =
    low.length === length &&
    high.length === length &&
    low.every((least, at) => Number.isFinite(least) && Number.isFinite(high[at]) && least <= high[at]);
  if (valid) return { low: low.slice(), high: high.slice() };
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `Bounds need ${length} finite numbers each, (points, columns), none of 'low' above its 'high'; got ${low.length} and ${high.length}. Fit them with fitBeastBounds.`,
    { details: { expected: length, low: low.length, high: high.length } },
  );
}
