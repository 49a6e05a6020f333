import { requireInteger } from '../arguments.js';
import { PolytokError } from '../errors.js';
import { checkValues, countRows } from '../kernels/check-values.js';
import { isZeroRow } from './zero-rows.js';

/**
 * Number of codes in a codebook.
 * @param codes `(count, dimension)`
 * @throws PolytokError `INVALID_ARGUMENT` for none, an incomplete one, or a value that kernels do not take
 */
export function checkCodes(codes: Float32Array, dimension: number): number {
  requireInteger(dimension, 'dimension', { minimum: 1 });
  const count = countRows('codes', codes, dimension);
  requireInteger(count, 'the number of codes', { minimum: 1 });
  checkValues('codes', codes, dimension);
  return count;
}

/** @throws PolytokError `INVALID_ARGUMENT` where a code has no direction that cosine could compare */
export function refuseZeroCode(codes: Float32Array, dimension: number): void {
  for (let start = 0; start < codes.length; start += dimension) {
    if (!isZeroRow(codes, start, dimension)) continue;
    const code = start / dimension;
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `Code ${code} is zero and has no direction to compare by cosine. Remove it, or compare by distance.`,
      { details: { code } },
    );
  }
}
