import { PolytokError } from '@polytok/common';
import { CholeskyDecomposition, Matrix } from 'ml-matrix';

/**
 * The matrix that maps samples to control points, once for all chunks: `P = (ΦᵀΦ + λI)⁻¹Φᵀ`, so that `w = P·x`.
 * @param basis Φ, `(steps, points)`
 * @param ridge λ, above 0
 * @returns `(points, steps)`
 * @throws PolytokError `INVALID_ARGUMENT` where λ is too small for what the samples leave open
 */
export function ridgeProjection(basis: Float64Array, points: number, ridge: number): Float64Array {
  const phi = Matrix.from1DArray(basis.length / points, points, Array.from(basis));
  const transposed = phi.transpose();
  const gram = transposed.mmul(phi).add(Matrix.eye(points).mul(ridge));
  const cholesky = new CholeskyDecomposition(gram);
  if (ridge > 0 && cholesky.isPositiveDefinite()) {
    return Float64Array.from(cholesky.solve(transposed).to1DArray());
  }
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `'ridge' of ${ridge} does not settle ${points} control points from ${phi.rows} samples. Use at least 1e-9, or fewer control points.`,
    { details: { ridge, points, steps: phi.rows } },
  );
}
