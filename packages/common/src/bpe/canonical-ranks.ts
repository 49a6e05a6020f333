import { type MergeTable, tokenLengths } from './merge-table.js';

/**
 * `(ranks)` The lowest rank that spells the same symbols as each rank; the identity when all spellings differ.
 *
 * Token files identify a token by its spelling, so a merge that spells an earlier token makes that earlier
 * token: priority is the merge's own rank, the product is the canonical one. Exact trainers never emit such a
 * merge; HuggingFace's does. Time and memory grow with the total length of all tokens.
 *
 * @throws PolytokError `INVALID_FORMAT`, `LIMIT_EXCEEDED` as `tokenLengths`
 */
export function canonicalRanks(table: MergeTable): Uint32Array {
  const { alphabetSize, left, right } = table;
  const ranks = new Uint32Array(tokenLengths(table).length);
  const spellings: string[] = [];
  const first = new Map<string, number>();
  for (let rank = 0; rank < ranks.length; rank++) {
    const merge = rank - alphabetSize;
    const spelling =
      merge < 0 ? spellSymbol(rank, alphabetSize) : spellings[left[merge]] + spellings[right[merge]];
    spellings.push(spelling);
    const canonical = first.get(spelling);
    if (canonical === undefined) first.set(spelling, rank);
    ranks[rank] = canonical ?? rank;
  }
  return ranks;
}

/** A fixed number of UTF-16 units per symbol keeps concatenation unambiguous. */
function spellSymbol(symbol: number, alphabetSize: number): string {
  return alphabetSize <= 0x10000
    ? String.fromCharCode(symbol)
    : String.fromCharCode(symbol >>> 16, symbol & 0xffff);
}
