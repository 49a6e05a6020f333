import { requireInteger } from '../arguments.js';
import { PolytokError } from '../errors.js';
import { seededRandom } from '../random.js';
import { seededNormal } from './seeded-normal.js';

/** Widest random rotation: the matrix takes 16 MB, and the time to make it grows with the cube. */
export const MAX_ROTATED_DIMENSION = 2048;

/** How far from orthogonal a rotation in single precision may be: 1000 times its rounding. */
const TOLERANCE = 1e-4;

export interface RotationOptions {
  /** From 1 to 2048. */
  readonly dimension: number;
  /** Integer. Default: 0. */
  readonly seed?: number;
}

/**
 * A random orthogonal matrix, each as likely as any other: rows of normal numbers, made orthogonal one after another
 * (Gram-Schmidt, twice for each row, so that nothing is left of the rows before). The same on every platform.
 * @returns `(dimension, dimension)`
 * @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED`
 */
export function randomRotation({ dimension, seed = 0 }: RotationOptions): Float32Array {
  requireInteger(dimension, 'dimension', { minimum: 1 });
  requireInteger(seed, 'seed', { minimum: Number.MIN_SAFE_INTEGER });
  if (dimension > MAX_ROTATED_DIMENSION) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `Rotations have at most ${MAX_ROTATED_DIMENSION} dimensions; got ${dimension}.`,
      { details: { dimension, limit: MAX_ROTATED_DIMENSION } },
    );
  }
  const next = seededNormal(seed);
  const rows: Float64Array[] = [];
  for (let row = 0; row < dimension; row++) {
    const values = Float64Array.from({ length: dimension }, next);
    for (let pass = 0; pass < 2; pass++) {
      for (const other of rows) subtractProjection(values, other);
    }
    const length = Math.sqrt(dot(values, values));
    rows.push(values.map((value) => value / length));
  }
  const rotation = new Float32Array(dimension * dimension);
  rows.forEach((values, row) => {
    rotation.set(values, row * dimension);
  });
  return rotation;
}

/**
 * True if R·Rᵀ is the identity. A vector of random signs is turned by Rᵀ and then R, and has to come back (Freivalds
 * 1977): in time O(dimension²), wrong only where errors cancel.
 */
export function isRotation(rotation: Float32Array, dimension: number): boolean {
  const next = seededRandom(1);
  const signs = Float64Array.from({ length: dimension }, () => (next() & 1 ? 1 : -1));
  const turned = new Float64Array(dimension);
  for (let i = 0; i < dimension; i++) {
    for (let j = 0; j < dimension; j++) turned[j] += signs[i] * rotation[i * dimension + j];
  }
  rotateBack(rotation, turned, 0, dimension);
  return turned.every((value, i) => Math.abs(value - signs[i]) <= TOLERANCE * Math.sqrt(dimension));
}

/** Turns the row y that starts at `vectors[start]` back: y·Rᵀ, in double precision. */
export function rotateBack(
  rotation: Float32Array,
  vectors: { [index: number]: number },
  start: number,
  dimension: number,
): void {
  const row = Float64Array.from({ length: dimension }, (_, i) => vectors[start + i]);
  for (let i = 0; i < dimension; i++) {
    let sum = 0;
    for (let j = 0; j < dimension; j++) sum += row[j] * rotation[i * dimension + j];
    vectors[start + i] = sum;
  }
}

function subtractProjection(values: Float64Array, unit: Float64Array): void {
  const share = dot(values, unit);
  for (let j = 0; j < values.length; j++) values[j] -= share * unit[j];
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}
