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
  /** The points − degree − 1 knots between the ends: phases between 0 and 1, ascending. Default: equally spaced. */
  readonly innerKnots?: readonly number[];
}

/**
 * Clamped knots over phases 0 to 1: the curve starts on its first control point and ends on its last. Uniform inner knots
 * are one division each: adding steps up misplaces samples that fall on a knot.
 * @returns `(points + degree + 1)`, ascending
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function clampedKnots({ points, degree, innerKnots }: SplineShape): Float64Array {
  checkShape({ points, degree });
  const spans = points - degree;
  if (innerKnots) {
    checkInnerKnots(innerKnots, spans - 1);
    const end = (value: number) => new Array<number>(degree + 1).fill(value);
    return Float64Array.of(...end(0), ...innerKnots, ...end(1));
  }
  return Float64Array.from(
    { length: points + degree + 1 },
    (_, i) => Math.min(Math.max(i - degree, 0), spans) / spans,
  );
}

function checkInnerKnots(innerKnots: readonly number[], expected: number): void {
  const valid =
    innerKnots.length === expected &&
    innerKnots.every((knot, at) => knot > (innerKnots[at - 1] ?? 0) && knot < 1);
  if (valid) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `'innerKnots' needs ${expected} phases between 0 and 1, each above the one before; got ${JSON.stringify(innerKnots)}.`,
    { details: { name: 'innerKnots', expected, actual: innerKnots.length } },
  );
}

function checkShape({ points, degree }: Omit<SplineShape, 'innerKnots'>): void {
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
