import { PolytokError } from '../errors.js';
import { MAX_MAGNITUDE } from './contract.js';

export type ArrayType = 'Float32Array' | 'Float64Array' | 'Uint32Array';

/**
 * @throws PolytokError `INVALID_ARGUMENT` for another type of array: its bits would be misread, or results cut off, as ids in
 *   16 bits are
 */
export function checkType(what: string, array: unknown, expected: ArrayType): void {
  // By name, which arrays of another realm share.
  const actual = Object.prototype.toString.call(array).slice('[object '.length, -1);
  if (actual === expected) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `${what} must be a ${expected}; got ${actual}. Convert it with ${expected}.from().`,
    { details: { name: what, actual, expected } },
  );
}

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

/** @throws PolytokError `INVALID_ARGUMENT` for another array, or naming the first row with a value that is NaN, infinite or too large */
export function checkValues(what: string, values: Float32Array, width: number): void {
  checkType(what, values, 'Float32Array');
  if (areWithinLimit(values)) return;
  // NaN fails every comparison.
  const at = values.findIndex((value) => !(Math.abs(value) <= MAX_MAGNITUDE));
  const row = Math.floor(at / width);
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `${what} has ${values[at]} in row ${row}, column ${at % width}; values must be finite and within ±${MAX_MAGNITUDE}. Remove or replace that row.`,
    { details: { name: what, row, column: at % width, value: values[at], limit: MAX_MAGNITUDE } },
  );
}

/** Bits of the greatest float32 that is allowed. */
const LIMIT_BITS = new Int32Array(Float32Array.of(MAX_MAGNITUDE).buffer)[0];

/**
 * Magnitudes compare as their bits do, with infinities and NaN above all numbers; a difference below 0 shows in the sign
 * of the disjunction. Several times as fast as comparing numbers, which every call would otherwise wait for.
 */
function areWithinLimit(values: Float32Array): boolean {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const whole = bits.length - (bits.length % 4);
  let signs = 0;
  for (let at = 0; at < whole; at += 4) {
    signs |= LIMIT_BITS - (bits[at] & 0x7fffffff);
    signs |= LIMIT_BITS - (bits[at + 1] & 0x7fffffff);
    signs |= LIMIT_BITS - (bits[at + 2] & 0x7fffffff);
    signs |= LIMIT_BITS - (bits[at + 3] & 0x7fffffff);
  }
  for (let at = whole; at < bits.length; at++) signs |= LIMIT_BITS - (bits[at] & 0x7fffffff);
  return signs >= 0;
}
