import { checkIds } from '../check-ids.js';
import { countRows } from '../kernels/check-values.js';

/**
 * Rows in `codes`, all of whose ids are in their codebooks.
 * @param codes `(rows, codebooks)`
 * @throws PolytokError `INVALID_ARGUMENT` for an incomplete row, `ID_OUT_OF_RANGE`
 */
export function checkIdRows(codes: ArrayLike<number>, codebookSizes: readonly number[]): number {
  const rows = countRows('codes', codes, codebookSizes.length);
  checkIds(codes, codebookSizes);
  return rows;
}
