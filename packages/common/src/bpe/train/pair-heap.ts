import type { PairStore } from './pair-store.js';

/**
 * Queue of pairs by one channel's count: highest count first, then lowest left id, then lowest right id.
 *
 * Counts only fall after a pair is queued, so the count it was queued with is an upper bound: a popped entry
 * whose count has fallen is queued again at its true count (lazily, not at every change).
 */
export class PairHeap {
  readonly #store: PairStore;
  readonly #channel: number;
  #records = new Uint32Array(1 << 12);
  #bounds = new Float64Array(1 << 12);
  size = 0;

  constructor(store: PairStore, channel: number) {
    this.#store = store;
    this.#channel = channel;
  }

  push(record: number): void {
    if (this.size === this.#records.length) this.#grow();
    this.#siftUp(this.size++, record, this.#countOf(record));
  }

  /** The best pair with a count of at least `minCount`, left in the queue; -1 when there is none. */
  peek(minCount: number): number {
    while (this.size > 0) {
      const record = this.#records[0];
      const count = this.#countOf(record);
      if (count === this.#bounds[0] && count >= minCount) return record;
      if (count >= minCount) this.#siftDown(0, record, count);
      else this.#removeTop();
    }
    return -1;
  }

  /** Applies new record numbers; entries that map to `dropped` leave. */
  renumber(renumbered: Uint32Array, dropped: number): void {
    const size = this.size;
    const old = this.#records.slice(0, size);
    this.size = 0;
    for (let i = 0; i < size; i++) {
      const record = renumbered[old[i]];
      if (record !== dropped) this.#siftUp(this.size++, record, this.#countOf(record));
    }
  }

  #countOf(record: number): number {
    return this.#store.counts[record * this.#store.channels + this.#channel];
  }

  #before(recordA: number, boundA: number, recordB: number, boundB: number): boolean {
    if (boundA !== boundB) return boundA > boundB;
    const { left, right } = this.#store;
    return left[recordA] !== left[recordB] ? left[recordA] < left[recordB] : right[recordA] < right[recordB];
  }

  #siftUp(at: number, record: number, bound: number): void {
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(record, bound, this.#records[parent], this.#bounds[parent])) break;
      this.#records[at] = this.#records[parent];
      this.#bounds[at] = this.#bounds[parent];
      at = parent;
    }
    this.#records[at] = record;
    this.#bounds[at] = bound;
  }

  #siftDown(at: number, record: number, bound: number): void {
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.size) break;
      if (
        child + 1 < this.size &&
        this.#before(
          this.#records[child + 1],
          this.#bounds[child + 1],
          this.#records[child],
          this.#bounds[child],
        )
      )
        child++;
      if (!this.#before(this.#records[child], this.#bounds[child], record, bound)) break;
      this.#records[at] = this.#records[child];
      this.#bounds[at] = this.#bounds[child];
      at = child;
    }
    this.#records[at] = record;
    this.#bounds[at] = bound;
  }

  #removeTop(): void {
    const last = --this.size;
    if (last > 0) this.#siftDown(0, this.#records[last], this.#bounds[last]);
  }

  #grow(): void {
    const records = new Uint32Array(this.#records.length * 2);
    const bounds = new Float64Array(records.length);
    records.set(this.#records);
    bounds.set(this.#bounds);
    this.#records = records;
    this.#bounds = bounds;
  }
}
