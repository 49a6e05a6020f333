import { PolytokError } from '../../errors.js';
import type { PairStore } from './pair-store.js';
import type { SymbolStream } from './symbol-stream.js';

/** Entries are addressed with 32 bits. */
export const MAX_ENTRIES = 2 ** 32 - 1;

/**
 * The position lists of all pairs, end to end in one array. A pair's list is written once, when its newer
 * token is made, and is exact then: a pair without the newest token never gains a place. Lists stay ascending.
 * Space of merged and stale places is won back by sliding the live entries together.
 */
export class PositionLists {
  #entries: Uint32Array;
  #used = 0;

  /** @param capacity entries; memory is only taken from the system as it is written */
  constructor(capacity: number) {
    this.#entries = new Uint32Array(capacity);
  }

  get used(): number {
    return this.#used;
  }

  get capacity(): number {
    return this.#entries.length;
  }

  /** The list of a pair; valid until the next `compact`. */
  of(store: PairStore, record: number): Uint32Array {
    const start = store.start[record];
    return this.#entries.subarray(start, start + store.length[record]);
  }

  /** Reserves `length` entries for a pair and returns the index of the first. The caller has made room. */
  reserve(store: PairStore, record: number, length: number): number {
    const start = this.#used;
    store.start[record] = start;
    store.length[record] = length;
    this.#used += length;
    return start;
  }

  /** All entries, for writing at reserved indices. */
  get entries(): Uint32Array {
    return this.#entries;
  }

  /** Drops stale places of every live record. Records lie in the order of their lists. */
  compact(store: PairStore, stream: SymbolStream, lengths: Uint32Array): void {
    const entries = this.#entries;
    const ids = stream.ids;
    let used = 0;
    for (let record = 0; record < store.size; record++) {
      const left = store.left[record];
      const right = store.right[record];
      const step = lengths[left];
      const from = store.start[record];
      const to = from + store.length[record];
      store.start[record] = used;
      for (let k = from; k < to; k++) {
        const p = entries[k];
        if (ids[p] === left && ids[p + step] === right) entries[used++] = p;
      }
      store.length[record] = used - store.start[record];
    }
    this.#used = used;
  }

  /** Makes the array hold `capacity` entries. @throws PolytokError `LIMIT_EXCEEDED` */
  grow(capacity: number): void {
    if (capacity > MAX_ENTRIES) {
      throw new PolytokError(
        'LIMIT_EXCEEDED',
        `Training needs ${capacity} pair positions at a time; at most ${MAX_ENTRIES} fit. Train on a sample, or raise 'minCount'.`,
        { details: { positions: capacity, limit: MAX_ENTRIES } },
      );
    }
    const larger = new Uint32Array(capacity);
    larger.set(this.#entries.subarray(0, this.#used));
    this.#entries = larger;
  }
}
