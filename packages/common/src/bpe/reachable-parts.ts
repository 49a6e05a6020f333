import { PolytokError } from '../errors.js';
import type { MergeTable } from './merge-table.js';

/**
 * A merge list may spell one token by two merges (HuggingFace's trainer writes such lists). Only one of them
 * can ever make the token; the linear encoder needs every part to refer to that one. Returns the table with parts
 * moved to the reachable twin, or the same table when nothing moves.
 *
 * @param canonical `(ranks)` lowest rank with the same spelling
 * @param reachable `(ranks)` 1 where a token encodes to itself
 * @throws PolytokError `UNSUPPORTED` when a merge uses a token before the only merge that can make it
 */
export function reachableParts(table: MergeTable, canonical: Uint32Array, reachable: Uint8Array): MergeTable {
  const { alphabetSize, left, right } = table;
  const twin = new Map<number, number>();
  canonical.forEach((first, rank) => {
    if (first !== rank && reachable[rank]) twin.set(first, rank);
  });
  const moves = (part: number) => twin.has(canonical[part]) && twin.get(canonical[part]) !== part;
  if (!left.some(moves) && !right.some(moves)) return table;
  const move = (parts: Uint32Array) =>
    parts.map((part, merge) => {
      const made = twin.get(canonical[part]) ?? part;
      if (made < alphabetSize + merge) return made;
      throw new PolytokError(
        'UNSUPPORTED',
        `Merge ${merge} uses a token that is spelled by two merges, of which only the later one, merge ${made - alphabetSize}, can make it. Remove the earlier duplicate from the merge list.`,
        { details: { merge, madeBy: made - alphabetSize } },
      );
    });
  return { alphabetSize, left: move(left), right: move(right) };
}
