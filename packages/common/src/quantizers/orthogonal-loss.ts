import { checkCodes } from './check-codes.js';
import { unitRows } from './unit-rows.js';

export interface OrthogonalLoss {
  readonly loss: number;
  /** ∂loss/∂codes, `(count, dimension)`. */
  readonly gradient: Float64Array;
}

/**
 * How far codes are from standing at right angles to each other (Shin et al., arXiv 2112.00384, equation 2, in the form
 * of vector-quantize-pytorch). With u the codes divided by their lengths and G = Σ u·uᵀ,
 *
 *     loss = Σᵢⱼ (uᵢ·uⱼ)²/n² − 1/n = |G|²/n² − 1/n
 *     ∂loss/∂uᵢ = 4·G·uᵢ/n²,  and ∂loss/∂eᵢ is what of it is at right angles to uᵢ, over |eᵢ|
 *
 * It is 0 for n orthogonal codes, and cannot be for more codes than dimensions. A zero code counts as orthogonal to all
 * and has no gradient. Time O(count · dimension²): no matrix of all pairs is made.
 * @param codes `(count, dimension)`
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function orthogonalLoss(codes: Float32Array, dimension: number): OrthogonalLoss {
  const count = checkCodes(codes, dimension);
  const units = unitRows(codes, dimension);
  const gram = gramMatrix(units, dimension);
  const gradient = new Float64Array(codes.length);
  const along = new Float64Array(dimension);
  for (let start = 0; start < codes.length; start += dimension) {
    let length = 0;
    let parallel = 0;
    for (let i = 0; i < dimension; i++) {
      let sum = 0;
      for (let j = 0; j < dimension; j++) sum += gram[i * dimension + j] * units[start + j];
      along[i] = sum;
      parallel += sum * units[start + i];
      length += codes[start + i] * units[start + i];
    }
    if (length === 0) continue;
    const scale = 4 / (count * count * length);
    for (let i = 0; i < dimension; i++) {
      gradient[start + i] = scale * (along[i] - parallel * units[start + i]);
    }
  }
  const squared = gram.reduce((sum, value) => sum + value ** 2, 0);
  return { loss: squared / count ** 2 - 1 / count, gradient };
}

/** Σ u·uᵀ over the rows, `(dimension, dimension)`. */
function gramMatrix(units: Float64Array, dimension: number): Float64Array {
  const gram = new Float64Array(dimension * dimension);
  for (let start = 0; start < units.length; start += dimension) {
    for (let i = 0; i < dimension; i++) {
      const factor = units[start + i];
      for (let j = 0; j < dimension; j++) gram[i * dimension + j] += factor * units[start + j];
    }
  }
  return gram;
}
