import { PolytokError } from '../../errors.js';
import { NONE } from './token-trie.js';

export interface ReachablePartsOptions {
  readonly alphabetSize: number;
  /** `(ranks)` lowest rank with the same spelling */
  readonly canonical: Uint32Array;
  /** Takes up a merge with the parts it has now, and says whether its token encodes to itself. Called in rank order. */
  enter(rank: number): boolean;
}

/**
 * A merge list may spell one token by two merges (HuggingFace's trainer writes such lists). Only one of them can
 * ever make the token, and the linear encoder needs every part to refer to that one: moves the parts there.
 *
 * @param parts `(ranks, 2)` left and right part of each merge
 * @throws PolytokError `UNSUPPORTED` when a merge uses a token before the only merge that can make it
 */
export function useReachableParts(parts: Uint32Array, options: ReachablePartsOptions): void {
  const { alphabetSize, canonical, enter } = options;
  // By spelling: the rank that makes it, and the first merge that used it while nothing made it.
  const maker = new Uint32Array(canonical.length).fill(NONE);
  const waiting = new Uint32Array(canonical.length).fill(NONE);
  for (let rank = 0; rank < canonical.length; rank++) {
    if (rank >= alphabetSize) {
      for (let k = 2 * rank; k < 2 * rank + 2; k++) {
        const spelling = canonical[parts[k]];
        if (maker[spelling] !== NONE) parts[k] = maker[spelling];
        else if (waiting[spelling] === NONE) waiting[spelling] = rank;
      }
      if (!enter(rank)) continue;
    }
    const spelling = canonical[rank];
    if (waiting[spelling] !== NONE) {
      const merge = waiting[spelling] - alphabetSize;
      throw new PolytokError(
        'UNSUPPORTED',
        `Merge ${merge} uses a token that only a later merge, ${rank - alphabetSize}, can make: the earlier merge that spells it never applies. Train the vocabulary again without tokens that two merges spell.`,
        { details: { merge, madeBy: rank - alphabetSize } },
      );
    }
    maker[spelling] = rank;
  }
}
