import { PolytokError } from '@polytok/common';
import { clampedKnots, type SplineShape } from './knots.js';

/**
 * Values of every basis function at every phase, by the recursion of Cox and de Boor:
 *
 *     B_{i,0}(u) = 1 on [k_i, k_{i+1}), the last span closed at 1
 *     B_{i,p}(u) = (u − k_i)/(k_{i+p} − k_i)·B_{i,p−1}(u) + (k_{i+p+1} − u)/(k_{i+p+1} − k_{i+1})·B_{i+1,p−1}(u),  0/0 = 0
 *
 * Every row adds up to 1 and has at most degree + 1 values that are not 0.
 * @param phases `(steps)`, each from 0 to 1
 * @returns `(steps, points)`
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function basisMatrix(shape: SplineShape, phases: ArrayLike<number>): Float64Array {
  const knots = clampedKnots(shape);
  const { points, degree } = shape;
  const matrix = new Float64Array(phases.length * points);
  const values = new Float64Array(degree + 1);
  for (let step = 0; step < phases.length; step++) {
    const phase = phases[step];
    if (!(phase >= 0 && phase <= 1)) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `Phase ${step} is ${phase}; a curve is defined from 0 to 1. Divide times by the duration.`,
        { details: { step, phase } },
      );
    }
    const span = findSpan(knots, shape, phase);
    basisAt(knots, span, phase, values);
    matrix.set(values, step * points + span - degree);
  }
  return matrix;
}

/** Equally spaced phases with both ends, one division each; a single step is at phase 0. */
export function uniformPhases(steps: number): Float64Array {
  return Float64Array.from({ length: steps }, (_, step) => (steps === 1 ? 0 : step / (steps - 1)));
}

/** Index of the knot that starts the span of `phase`; phase 1 belongs to the last span. */
function findSpan(knots: Float64Array, { points, degree }: SplineShape, phase: number): number {
  let span = degree;
  while (span < points - 1 && phase >= knots[span + 1]) span++;
  return span;
}

/** Values of the degree + 1 functions that are not 0 on a span, raised from degree 0 in place. */
function basisAt(knots: Float64Array, span: number, phase: number, values: Float64Array): void {
  values[0] = 1;
  for (let degree = 1; degree < values.length; degree++) {
    let carried = 0;
    for (let r = 0; r < degree; r++) {
      const right = knots[span + r + 1];
      const left = knots[span + r + 1 - degree];
      const share = values[r] / (right - left);
      values[r] = carried + (right - phase) * share;
      carried = (phase - left) * share;
    }
    values[degree] = carried;
  }
}
