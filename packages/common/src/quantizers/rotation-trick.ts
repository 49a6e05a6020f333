/**
 * The rotation trick (Fifty et al., arXiv 2410.06424): a way to pass gradients through a quantizer. The forward value
 * is the code q, as with the straight-through estimator; backwards the gradient is not copied but rotated and
 * rescaled as the map that takes e to q does,
 *
 *     out = [e − 2w(w·e) + 2q̂(ê·e)]·|q|/|e|,   ê = e/|e|, q̂ = q/|q|, w = (ê + q̂)/|ê + q̂|   (all held constant)
 *     ∂L/∂e = [g − 2w(w·g) + 2ê(q̂·g)]·|q|/|e|
 */

import { requireInteger } from '../arguments.js';
import { checkTarget, checkVectors } from './check-vectors.js';
import type { Vectors } from './contract.js';
import { unitRows } from './unit-rows.js';

export interface RotationTrickOptions {
  /** e, `(rows, dimension)`: what was quantized. */
  readonly vectors: Vectors;
  /** q, `(rows, dimension)`: what it was quantized to. */
  readonly codes: Vectors;
  /** g = ∂L/∂out, `(rows, dimension)`. */
  readonly gradient: Vectors;
  readonly dimension: number;
}

/** Longest row: no network has wider features. */
const MAX_DIMENSION = 1 << 20;

/**
 * The gradient with respect to `vectors`. Rows without a rotation pass it on unchanged, as straight-through does: where
 * e or q is zero, or q points exactly away from e.
 * @returns `(rows, dimension)`
 * @throws PolytokError `INVALID_ARGUMENT` when sizes differ or a number is not finite
 */
export function rotationTrickGradient(options: RotationTrickOptions): Float64Array {
  const { vectors, codes, gradient, dimension } = options;
  requireInteger(dimension, 'dimension', { minimum: 1, maximum: MAX_DIMENSION });
  const rows = checkVectors(vectors, dimension);
  checkTarget(codes, rows, dimension, 'codes');
  checkTarget(gradient, rows, dimension, 'gradient');
  checkVectors(gradient, dimension);
  const from = unitRows(vectors, dimension);
  const to = unitRows(codes, dimension);
  const result = Float64Array.from(gradient);
  for (let row = 0; row < rows; row++) {
    const start = row * dimension;
    const end = start + dimension;
    const lengthFrom = dot(from, vectors, start, end);
    const lengthTo = dot(to, codes, start, end);
    // |ê + q̂|²; w is (ê + q̂) divided by its root.
    const sumSquared = 2 + 2 * dot(from, to, start, end);
    if (lengthFrom === 0 || lengthTo === 0 || sumSquared < OPPOSITE) continue;
    const alongFrom = dot(from, gradient, start, end);
    const alongTo = dot(to, gradient, start, end);
    const reflected = (2 * (alongFrom + alongTo)) / sumSquared;
    const scale = lengthTo / lengthFrom;
    for (let i = start; i < end; i++) {
      result[i] = (gradient[i] - reflected * (from[i] + to[i]) + 2 * alongTo * from[i]) * scale;
    }
  }
  return result;
}

/** Below this |ê + q̂|² is rounding noise and has no direction. */
const OPPOSITE = 1e-14;

function dot(a: Vectors, b: Vectors, start: number, end: number): number {
  let sum = 0;
  for (let i = start; i < end; i++) sum += a[i] * b[i];
  return sum;
}
