import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { basisMatrix, uniformPhases } from './basis.js';
import type { SplineShape } from './knots.js';

export interface KnotSearchOptions extends Omit<SplineShape, 'innerKnots'> {
  /** λ of the fits. */
  readonly ridge: number;
}

export interface FoundKnots {
  readonly innerKnots: readonly number[];
  /** Of the samples' energy about their means, the share that the curves do not follow: with these knots, and equally spaced. */
  readonly left: number;
  readonly leftUniform: number;
}

/** Knots whose gain is below this share of what is left are as good as the ones before. */
const WORTH = 1e-3;

/**
 * Inner knots for samples of which the second moments S = Σxxᵀ are known: what the best fits leave is
 *
 *     tr S − tr((ΦᵀΦ + λI)⁻¹ΦᵀSΦ)
 *
 * whatever the number of samples. From equally spaced ones on, each knot in turn moves to the sample where that is least,
 * until none moves. Knots are on samples, no two on one, so that there are samples to settle each control point.
 * @param moments S, `(steps, steps)`
 */
export function searchKnots(moments: Float64Array, options: KnotSearchOptions): FoundKnots {
  const { points, degree, ridge } = options;
  const steps = Math.sqrt(moments.length);
  const phases = uniformPhases(steps);
  let total = 0;
  for (let step = 0; step < steps; step++) total += moments[step * steps + step];
  const leftOf = (innerKnots?: readonly number[]) =>
    total === 0
      ? 0
      : Math.max(
          0,
          1 - explained(moments, basisMatrix({ points, degree, innerKnots }, phases), points, ridge) / total,
        );
  const inner = points - degree - 1;
  const uniform = Array.from({ length: inner }, (_, i) => (i + 1) / (inner + 1));
  const leftUniform = leftOf();
  const toPhases = (places: readonly number[]) => places.map((place) => phases[place]);
  let places = uniform.map((phase) => Math.round(phase * (steps - 1)));
  let left = leftOf(toPhases(places));
  for (let moved = true; moved; ) {
    moved = false;
    for (const place of [...places]) {
      const others = places.filter((other) => other !== place);
      for (let to = 1; to < steps - 1; to++) {
        if (places.includes(to)) continue;
        const tried = [...others, to].sort((a, b) => a - b);
        const leftThen = leftOf(toPhases(tried));
        if (leftThen >= left * (1 - WORTH)) continue;
        [places, left, moved] = [tried, leftThen, true];
      }
    }
  }
  if (left >= leftUniform * (1 - WORTH)) return { innerKnots: uniform, left: leftUniform, leftUniform };
  return { innerKnots: toPhases(places), left, leftUniform };
}

/** tr((ΦᵀΦ + λI)⁻¹ΦᵀSΦ) */
function explained(moments: Float64Array, basis: Float64Array, points: number, ridge: number): number {
  const steps = basis.length / points;
  const phi = Matrix.from1DArray(steps, points, Array.from(basis));
  const transposed = phi.transpose();
  const gram = transposed.mmul(phi).add(Matrix.eye(points).mul(ridge));
  const seen = new Float64Array(steps * points);
  for (let t = 0; t < steps; t++) {
    for (let n = 0; n < points; n++) {
      const value = basis[t * points + n];
      if (value === 0) continue;
      for (let s = 0; s < steps; s++) seen[s * points + n] += moments[s * steps + t] * value;
    }
  }
  const projected = transposed.mmul(Matrix.from1DArray(steps, points, Array.from(seen)));
  return new CholeskyDecomposition(gram).solve(projected).trace();
}
