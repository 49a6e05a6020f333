import { requireInteger } from '../arguments.js';
import { MAX_BITS } from '../bit-order.js';
import { checkIds } from '../check-ids.js';
import type { IdArray } from '../contract.js';
import { idArrayClass } from '../id-array.js';
import { countRows } from '../kernels/check-values.js';
import { MAX_VOTERS } from './voting-lfq.js';

export interface VoteIdsOptions {
  /** `(rows, voters)` ids of sign bits, in either bit order. */
  readonly ids: ArrayLike<number>;
  readonly voters: number;
  /** Bits of an id, from 1 to 32. */
  readonly bits: number;
}

/**
 * The bit-wise majority of several ids per row; a tie, possible with an even number of voters, gives 0. It is what
 * `VotingLfq` gives for the signs behind those ids.
 * @returns `(rows)`
 * @throws PolytokError `INVALID_ARGUMENT`, `ID_OUT_OF_RANGE`
 */
export function voteIds({ ids, voters, bits }: VoteIdsOptions): IdArray {
  requireInteger(voters, 'voters', { minimum: 1, maximum: MAX_VOTERS });
  requireInteger(bits, 'bits', { minimum: 1, maximum: MAX_BITS });
  const rows = countRows('ids', ids, voters);
  checkIds(ids, [2 ** bits]);
  const voted = new (idArrayClass(2 ** bits))(rows);
  for (let row = 0; row < voted.length; row++) {
    let id = 0;
    for (let j = 0; j < bits; j++) {
      let ones = 0;
      for (let voter = 0; voter < voters; voter++) ones += (ids[row * voters + voter] >>> j) & 1;
      if (2 * ones > voters) id += 2 ** j;
    }
    voted[row] = id;
  }
  return voted;
}
