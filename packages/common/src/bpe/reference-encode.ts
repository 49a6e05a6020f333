import { canonicalRanks } from './canonical-ranks.js';
import type { MergeTable } from './merge-table.js';
import { symbolsToRanks } from './symbols.js';

/**
 * BPE by its definition: apply the present merge of lowest rank, leftmost first, until none is left.
 * Quadratic, and meant as the yardstick of faster encoders: nothing here is clever.
 *
 * Of equal pairs in the list the first counts; a merge that spells an earlier token makes that token
 * (see {@link canonicalRanks}).
 *
 * @param symbols `(length)` integers below `table.alphabetSize`
 * @returns ranks
 * @throws PolytokError `INVALID_ARGUMENT` for a symbol outside the alphabet; `INVALID_FORMAT`, `LIMIT_EXCEEDED` for a bad table
 */
export function referenceEncode(table: MergeTable, symbols: ArrayLike<number>): Uint32Array {
  const { alphabetSize, left, right } = table;
  const canonical = canonicalRanks(table);
  const mergeOf = new Map<number, number>();
  for (let k = left.length - 1; k >= 0; k--)
    mergeOf.set(left[k] * canonical.length + right[k], alphabetSize + k);

  const tokens = Array.from(symbolsToRanks(symbols, alphabetSize));
  for (;;) {
    let best = Number.POSITIVE_INFINITY;
    let position = -1;
    for (let i = 0; i + 1 < tokens.length; i++) {
      const rank = mergeOf.get(tokens[i] * canonical.length + tokens[i + 1]);
      if (rank !== undefined && rank < best) {
        best = rank;
        position = i;
      }
    }
    if (position < 0) return Uint32Array.from(tokens);
    tokens.splice(position, 2, canonical[best]);
  }
}
