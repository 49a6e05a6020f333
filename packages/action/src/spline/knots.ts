import { PolytokError } from '@polytok/common';

/** Most control points of a curve; published tokenizers use 5 to 20. */
export const MAX_CONTROL_POINTS = 1024;
/** Highest degree: beyond, a polynomial piece spans more than double precision resolves. */
export const MAX_DEGREE = 15;

export interface SplineShape {
  /** Control points, from degree + 1 to 1024. */
  readonly points: number;
  /** Degree of the pieces, from 0 (steps) to 15; 3 is cubic. */
  readonly degree: number;
}

/**
 * Clamped uniform knots over phases 0 to 1: the curve starts on its first control point and ends on its last.
 * Inner knots are one division each: adding steps up misplaces samples that fall on a knot.
 * @returns `(points + degree + 1)`, ascending
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function clampedKnots({ points, degree }: SplineShape): Float64Array {
  checkShape({ points, degree });
  const spans = points - degree;
  return Float64Array.from(
    { length: points + degree + 1 },
    (_, i) => Math.min(Math.max(i - degree, 0), spans) / spans,
  );
}

function checkShape({ points, degree }: SplineShape): void {
  const valid =
    Number.isInteger(degree) &&
    degree >= 0 &&
    degree <= MAX_DEGREE &&
    Number.isInteger(points) &&
    points > degree &&
    points <= MAX_CONTROL_POINTS;
  if (valid) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `A spline needs a degree from 0 to ${MAX_DEGREE} and from degree + 1 to ${MAX_CONTROL_POINTS} control points; got degree ${degree} and ${points} points.`,
    { details: { points, degree, maxDegree: MAX_DEGREE, maxPoints: MAX_CONTROL_POINTS } },
  );
}
