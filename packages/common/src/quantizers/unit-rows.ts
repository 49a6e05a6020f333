import { checkVectors } from './check-vectors.js';
import type { Vectors } from './contract.js';

/**
 * Each row divided by its Euclidean length: what BSQ and spherical LFQ compute their losses on. A row of zeros stays
 * zero, as with PyTorch's `normalize`.
 * @param vectors `(rows, dimension)`
 * @returns `(rows, dimension)` in double precision
 * @throws PolytokError `INVALID_ARGUMENT` for vectors that are not finite or do not fill their rows
 */
export function unitRows(vectors: Vectors, dimension: number): Float64Array {
  const rows = checkVectors(vectors, dimension);
  const units = new Float64Array(vectors.length);
  for (let row = 0; row < rows; row++) {
    const start = row * dimension;
    const end = start + dimension;
    // Divided by the largest first: squares of numbers beyond 1e154 overflow, those below 1e-162 vanish.
    let largest = 0;
    for (let i = start; i < end; i++) largest = Math.max(largest, Math.abs(vectors[i]));
    if (largest === 0) continue;
    let squares = 0;
    for (let i = start; i < end; i++) squares += (vectors[i] / largest) ** 2;
    const length = Math.sqrt(squares);
    for (let i = start; i < end; i++) units[i] = vectors[i] / largest / length;
  }
  return units;
}
