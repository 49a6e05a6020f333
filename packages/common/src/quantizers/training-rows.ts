import { PolytokError } from '../errors.js';
import { checkLength } from '../kernels/check-values.js';
import { checkVectors } from './check-vectors.js';
import type { Vectors } from './contract.js';

/** Marks the rows that count: 0 leaves a row out, as for padding. `(rows)`, of 0, 1, false or true. */
export type RowMask = ArrayLike<number | boolean>;

/**
 * Where the rows that count for a loss start in `vectors`.
 * @throws PolytokError `INVALID_ARGUMENT` for bad vectors, a mask of another length, or no row at all: a mean over none is undefined
 */
export function trainingRows(vectors: Vectors, dimension: number, mask?: RowMask): Float64Array {
  const rows = checkVectors(vectors, dimension);
  if (mask !== undefined) checkLength('mask', mask, rows, '(rows)');
  const starts: number[] = [];
  for (let row = 0; row < rows; row++) {
    if (mask === undefined || Number(mask[row]) !== 0) starts.push(row * dimension);
  }
  if (starts.length === 0) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `A loss is a mean over rows, and none of ${rows} counts. Leave such batches out.`,
      { details: { rows } },
    );
  }
  return Float64Array.from(starts);
}
