import type { VoteOperands } from './contract.js';

export type VoteRule = Required<Pick<VoteOperands, 'branches' | 'bits' | 'bitOrder' | 'zeroBit'>>;

/**
 * Ids from projections: each bit of an id is the majority of the branches' signs.
 * @param projections `(rows, branches, bits)`
 * @param ids `(rows)` receives the ids
 */
export function majorityIds(
  projections: Float32Array,
  ids: Uint32Array,
  { branches, bits, bitOrder, zeroBit }: VoteRule,
): void {
  // Both a projection of 0 and a tied vote count as `zeroBit`: sign(0) is the same in both places.
  const needed = zeroBit === 1 ? branches / 2 : Math.floor(branches / 2) + 1;
  for (let row = 0; row < ids.length; row++) {
    const from = row * branches * bits;
    let id = 0;
    for (let bit = 0; bit < bits; bit++) {
      let votes = 0;
      for (let branch = 0; branch < branches; branch++) {
        const projection = projections[from + branch * bits + bit];
        if (projection > 0 || (zeroBit === 1 && projection === 0)) votes++;
      }
      if (votes >= needed) id |= 1 << (bitOrder === 'lsb-first' ? bit : bits - 1 - bit);
    }
    ids[row] = id;
  }
}
