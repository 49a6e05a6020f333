import type { VoteOperands } from './contract.js';

export type VoteRule = Required<Pick<VoteOperands, 'voters' | 'bits' | 'order' | 'zero'>>;

/**
 * Ids from projections: each bit of an id is the majority of the voters' signs.
 * @param projections `(rows, voters, bits)`
 * @param ids `(rows)` receives the ids
 */
export function majorityIds(
  projections: Float32Array,
  ids: Uint32Array,
  { voters, bits, order, zero }: VoteRule,
): void {
  // sign(0) decides both a projection of 0 and a tied vote.
  const positive = zero === 'positive';
  const needed = positive ? voters / 2 : Math.floor(voters / 2) + 1;
  for (let row = 0; row < ids.length; row++) {
    const from = row * voters * bits;
    let id = 0;
    for (let bit = 0; bit < bits; bit++) {
      let votes = 0;
      for (let voter = 0; voter < voters; voter++) {
        const projection = projections[from + voter * bits + bit];
        if (projection > 0 || (positive && projection === 0)) votes++;
      }
      if (votes >= needed) id |= 1 << (order === 'lsb-first' ? bit : bits - 1 - bit);
    }
    ids[row] = id;
  }
}
