import { PolytokError } from '../errors.js';
import { MAX_MAGNITUDE } from './contract.js';

/** @throws PolytokError `INVALID_ARGUMENT` unless `array` has `expected` elements, which are `shape` */
export function checkLength(what: string, array: ArrayLike<unknown>, expected: number, shape: string): void {
  if (array.length === expected) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `${what} has ${array.length} elements; its shape ${shape} needs ${expected}.`,
    { details: { name: what, actual: array.length, expected, shape } },
  );
}

/** Number of rows in `array`. @throws PolytokError `INVALID_ARGUMENT` if it is not a whole number of them */
export function countRows(what: string, array: ArrayLike<unknown>, width: number): number {
  if (array.length % width === 0) return array.length / width;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `${what} has ${array.length} elements, which is not a whole number of rows of ${width}. Pass (rows, ${width}), row-major.`,
    { details: { name: what, actual: array.length, width } },
  );
}

/** @throws PolytokError `INVALID_ARGUMENT` naming the first row with a value that is NaN, infinite or too large */
export function checkValues(what: string, values: Float32Array, width: number): void {
  for (let at = 0; at < values.length; at++) {
    // NaN fails every comparison.
    if (Math.abs(values[at]) <= MAX_MAGNITUDE) continue;
    const row = Math.floor(at / width);
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `${what} has ${values[at]} in row ${row}, column ${at % width}; values must be finite and within ±${MAX_MAGNITUDE}. Remove or replace that row.`,
      { details: { name: what, row, column: at % width, value: values[at], limit: MAX_MAGNITUDE } },
    );
  }
}
