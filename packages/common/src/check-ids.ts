import { PolytokError } from './errors.js';

/**
 * Checks `(rows, codebooks)` ids against the size of their codebook.
 * @throws PolytokError `ID_OUT_OF_RANGE` naming the first id outside
 */
export function checkIds(ids: ArrayLike<number>, codebookSizes: readonly number[]): void {
  const codebooks = codebookSizes.length;
  // Codebook after codebook: 1.5 ns per id, against 5 row after row.
  let first = ids.length;
  for (let codebook = 0; codebook < codebooks; codebook++) {
    const size = codebookSizes[codebook];
    for (let i = codebook; i < first; i += codebooks) {
      // `>>> 0` keeps 32-bit integers and changes all else, so that plain arrays are checked as strictly.
      if (ids[i] >>> 0 !== ids[i] || ids[i] >= size) first = i;
    }
  }
  if (first === ids.length) return;
  const codebook = first % codebooks;
  const details = {
    position: Math.floor(first / codebooks),
    codebook,
    id: ids[first],
    size: codebookSizes[codebook],
  };
  throw new PolytokError(
    'ID_OUT_OF_RANGE',
    `Token ${details.position} has id ${details.id} in codebook ${codebook}; ids there are integers below ${details.size}.`,
    { details },
  );
}
