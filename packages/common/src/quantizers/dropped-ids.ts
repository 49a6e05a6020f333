import { checkIdRows } from './check-id-rows.js';

/**
 * The id of a stage that was left out, as in vector-quantize-pytorch: it decodes to nothing. Ids that `quantize` gives
 * are unsigned and never it; rows that hold it are an `Int32Array` or a list of numbers.
 */
export const DROPPED = -1;

/**
 * Rows in `codes`, each of whose ids is in its codebook or {@link DROPPED}.
 * @param codes `(rows, codebooks)`
 * @throws PolytokError `INVALID_ARGUMENT` for an incomplete row, `ID_OUT_OF_RANGE`
 */
export function checkDroppableRows(codes: ArrayLike<number>, codebookSizes: readonly number[]): number {
  const unsigned = codes instanceof Uint16Array || codes instanceof Uint32Array;
  const present = unsigned ? codes : Array.from(codes, (id) => (id === DROPPED ? 0 : id));
  return checkIdRows(present, codebookSizes);
}
