import { PolytokError } from '../errors.js';
import { checkLength, countRows } from '../kernels/check-values.js';
import type { Vectors } from './contract.js';

/**
 * Rows in `vectors`, all of whose numbers are finite.
 * @throws PolytokError `INVALID_ARGUMENT` for another type of array, an incomplete row, NaN or an infinity
 */
export function checkVectors(vectors: Vectors, dimension: number): number {
  checkIsVectors(vectors);
  const rows = countRows('vectors', vectors, dimension);
  for (let i = 0; i < vectors.length; i++) {
    // The difference is 0 for every finite number and NaN for all else.
    if (vectors[i] - vectors[i] !== 0) {
      const details = { row: Math.floor(i / dimension), column: i % dimension, value: vectors[i] };
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `Vectors must be finite; row ${details.row}, column ${details.column} is ${details.value}. Look for the cause in what made them.`,
        { details },
      );
    }
  }
  return rows;
}

/**
 * Checks an array beside the rows, by default the target of a `dequantize`.
 * @throws PolytokError `INVALID_ARGUMENT` for another type of array or another length
 */
export function checkTarget(array: Vectors, rows: number, dimension: number, name = 'into'): void {
  checkIsVectors(array);
  checkLength(name, array, rows * dimension, `(${rows}, ${dimension})`);
}

/** @throws PolytokError `INVALID_ARGUMENT` for another type of array */
export function checkIsVectors(vectors: Vectors): void {
  if (isVectors(vectors)) return;
  throw new PolytokError('INVALID_ARGUMENT', 'Vectors must be a Float32Array or a Float64Array.', {
    details: { type: Object.prototype.toString.call(vectors) },
  });
}

/** True for an array of rows. */
export function isVectors(value: unknown): value is Vectors {
  return value instanceof Float32Array || value instanceof Float64Array;
}
