import type { VoteOperands } from './contract.js';

export type VoteRule = Required<Pick<VoteOperands, 'voters' | 'bits' | 'order' | 'zero'>>;

/** Votes that make a bit 1, at least: more than half of them, or half where the sign of 0, and so of a tie, is positive. */
export function votesNeeded({ voters, zero }: VoteRule): number {
  return zero === 'positive' ? Math.ceil(voters / 2) : Math.floor(voters / 2) + 1;
}

/**
 * Ids from projections: each bit of an id is the majority of the voters' signs.
 * @param projections `(rows, voters, bits)`
 * @param ids `(rows)` receives the ids
 */
export function majorityIds(projections: Float32Array, ids: Uint32Array, rule: VoteRule): void {
  const { voters, bits, order, zero } = rule;
  const positive = zero === 'positive';
  const needed = votesNeeded(rule);
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
