import { checkIds } from '../check-ids.js';
import { PolytokError } from '../errors.js';

/**
 * Rows in `codes`, all of whose ids are in their codebooks.
 * @param codes `(rows, codebooks)`
 * @throws PolytokError `INVALID_ARGUMENT` for an incomplete row, `ID_OUT_OF_RANGE`
 */
export function checkIdRows(codes: ArrayLike<number>, codebookSizes: readonly number[]): number {
  const rows = countIdRows(codes, codebookSizes.length);
  checkIds(codes, codebookSizes);
  return rows;
}

/**
 * Rows in `codes`, whatever the ids.
 * @throws PolytokError `INVALID_ARGUMENT` for an incomplete row
 */
export function countIdRows(codes: ArrayLike<number>, codebooks: number): number {
  const rows = codes.length / codebooks;
  if (Number.isInteger(rows)) return rows;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `Rows of ${codebooks} ids cannot fill ${codes.length} ids. Pass (rows, ${codebooks}), row after row.`,
    { details: { length: codes.length, codebooks } },
  );
}
