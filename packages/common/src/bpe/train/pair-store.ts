/** A slot, record or list that is not there. */
export const NONE = 0xffffffff;

/**
 * The pairs that may still be merged: for each its two ids, one count per channel, and where its list of
 * positions lies. A channel is a group of the training data, or the sum of all.
 *
 * Pairs are found through an open-addressing table of record numbers. Counts are doubles: exact to 2^53 where
 * weights are whole numbers.
 */
export class PairStore {
  readonly channels: number;
  left = new Uint32Array(1 << 16);
  right = new Uint32Array(1 << 16);
  /** First entry of the position list. */
  start = new Uint32Array(1 << 16);
  /** Entries of the position list. */
  length = new Uint32Array(1 << 16);
  /** `(records, channels)` */
  counts: Float64Array;
  size = 0;
  #slots = new Uint32Array(1 << 17).fill(NONE);
  /** Takes as many high bits of a hash as there are slots. */
  #shift = 15;

  constructor(channels: number) {
    this.channels = channels;
    this.counts = new Float64Array((1 << 16) * channels);
  }

  /** Record of a pair, or NONE. */
  find(left: number, right: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hashPair(left, right) >>> this.#shift;
    for (;;) {
      const record = slots[slot];
      if (record === NONE || (this.left[record] === left && this.right[record] === right)) return record;
      slot = (slot + 1) & mask;
    }
  }

  /** Adds a pair that is not there yet, with all counts 0 and an empty list. */
  add(left: number, right: number): number {
    if (this.size === this.left.length) this.#grow();
    if (this.size * 2 >= this.#slots.length) this.#rehash(this.#slots.length * 2);
    const record = this.size++;
    this.left[record] = left;
    this.right[record] = right;
    this.start[record] = 0;
    this.length[record] = 0;
    this.counts.fill(0, record * this.channels, (record + 1) * this.channels);
    this.#insert(record);
    return record;
  }

  /** Keeps only the records for which `keep` holds, in order; returns the new number of each old record, or NONE. */
  compact(keep: (record: number) => boolean): Uint32Array {
    const renumbered = new Uint32Array(this.size);
    let size = 0;
    for (let record = 0; record < this.size; record++) {
      if (!keep(record)) {
        renumbered[record] = NONE;
        continue;
      }
      renumbered[record] = size;
      if (size !== record) {
        this.left[size] = this.left[record];
        this.right[size] = this.right[record];
        this.start[size] = this.start[record];
        this.length[size] = this.length[record];
        this.counts.copyWithin(size * this.channels, record * this.channels, (record + 1) * this.channels);
      }
      size++;
    }
    this.size = size;
    this.#rehash(this.#slots.length);
    return renumbered;
  }

  #insert(record: number): void {
    const mask = this.#slots.length - 1;
    let slot = hashPair(this.left[record], this.right[record]) >>> this.#shift;
    while (this.#slots[slot] !== NONE) slot = (slot + 1) & mask;
    this.#slots[slot] = record;
  }

  #rehash(slots: number): void {
    if (slots === this.#slots.length) this.#slots.fill(NONE);
    else this.#slots = new Uint32Array(slots).fill(NONE);
    this.#shift = 1 + Math.clz32(slots);
    for (let record = 0; record < this.size; record++) this.#insert(record);
  }

  #grow(): void {
    this.left = doubled(this.left);
    this.right = doubled(this.right);
    this.start = doubled(this.start);
    this.length = doubled(this.length);
    this.counts = doubled(this.counts);
  }
}

function doubled<T extends Uint32Array | Float64Array>(array: T): T {
  const larger = new (array.constructor as new (length: number) => T)(array.length * 2);
  larger.set(array);
  return larger;
}

function hashPair(left: number, right: number): number {
  const mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right + 0x7f4a7c15, 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
}
