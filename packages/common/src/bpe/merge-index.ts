import { canonicalRanks } from './canonical-ranks.js';
import type { MergeTable } from './merge-table.js';

/** No merge. Ranks stay below MAX_VOCABULARY, so none has this value. */
export const NO_MERGE = 0xffffffff;

/** Looks merges up by the tokens they join. */
export class MergeIndex {
  /** `(ranks)` the token that each rank makes; see {@link canonicalRanks}. */
  readonly products: Uint32Array;
  readonly #table: MergeTable;
  /** Merge number by pair, open addressing, at most half full. */
  readonly #slots: Uint32Array;

  /** @throws PolytokError `INVALID_FORMAT`, `LIMIT_EXCEEDED` for a bad table */
  constructor(table: MergeTable) {
    const { left, right } = table;
    this.products = canonicalRanks(table);
    this.#table = table;
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(left.length * 2 + 2))).fill(NO_MERGE);
    for (let merge = 0; merge < left.length; merge++) {
      const slot = this.#slotOf(left[merge], right[merge]);
      // Of equal pairs the first counts: the later ones can never apply.
      if (this.#slots[slot] === NO_MERGE) this.#slots[slot] = merge;
    }
  }

  /** Rank of the merge of two tokens, or {@link NO_MERGE}. */
  rankOf(left: number, right: number): number {
    const merge = this.#slots[this.#slotOf(left, right)];
    return merge === NO_MERGE ? NO_MERGE : this.#table.alphabetSize + merge;
  }

  /** Slot that holds the pair, or the free one where it belongs. */
  #slotOf(left: number, right: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right + 1, 0x85ebca6b);
    let slot = (mixed ^ (mixed >>> 15)) & mask;
    for (let merge = slots[slot]; merge !== NO_MERGE; merge = slots[slot]) {
      if (this.#table.left[merge] === left && this.#table.right[merge] === right) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}

const indexes = new WeakMap<MergeTable, MergeIndex>();

/** The index of a table, made once. Tables are not to be changed after their first use. */
export function mergeIndexOf(table: MergeTable): MergeIndex {
  let index = indexes.get(table);
  if (index === undefined) {
    index = new MergeIndex(table);
    indexes.set(table, index);
  }
  return index;
}
