/** Code of no phrase. */
export const NO_CODE = -1;

/** Largest load of the hash table is one half: linear probing then looks at 1.5 slots per hit on average. */
const SLOTS_PER_ENTRY = 2;

/**
 * The LZW dictionary: phrases of ids, each an earlier phrase and one more id. Codes below `vocabularySize` are
 * the ids themselves; entry `k` has code `vocabularySize + k`. Stored as columns, so that a phrase costs the same
 * whatever its length.
 */
export class PhraseBook {
  readonly vocabularySize: number;
  readonly capacity: number;
  #size = 0;
  readonly #prefix: Uint32Array;
  readonly #last: Uint32Array;
  readonly #first: Uint32Array;
  readonly #length: Uint32Array;
  /** Open-addressing table of entry numbers plus one; 0 is free. */
  readonly #slots: Uint32Array;
  readonly #shift: number;

  /** @param capacity most entries; memory for all is allocated at once */
  constructor(vocabularySize: number, capacity: number) {
    this.vocabularySize = vocabularySize;
    this.capacity = capacity;
    this.#prefix = new Uint32Array(capacity);
    this.#last = new Uint32Array(capacity);
    this.#first = new Uint32Array(capacity);
    this.#length = new Uint32Array(capacity);
    const bits = Math.max(4, Math.ceil(Math.log2(capacity * SLOTS_PER_ENTRY + 1)));
    this.#slots = new Uint32Array(2 ** bits);
    this.#shift = 32 - bits;
  }

  /** Entries so far. */
  get size(): number {
    return this.#size;
  }

  /** Code that the next entry will get. */
  get nextCode(): number {
    return this.vocabularySize + this.#size;
  }

  get isFull(): boolean {
    return this.#size === this.capacity;
  }

  /** Code of the phrase `prefix` and then `id`, or {@link NO_CODE}. */
  find(prefix: number, id: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = this.#home(prefix, id); ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] - 1;
      if (entry < 0) return NO_CODE;
      if (this.#prefix[entry] === prefix && this.#last[entry] === id) return this.vocabularySize + entry;
    }
  }

  /** Adds the phrase `prefix` and then `id`. The book must not be full. */
  add(prefix: number, id: number): void {
    const entry = this.#size++;
    this.#prefix[entry] = prefix;
    this.#last[entry] = id;
    this.#first[entry] = this.firstId(prefix);
    this.#length[entry] = this.lengthOf(prefix) + 1;
    const mask = this.#slots.length - 1;
    let slot = this.#home(prefix, id);
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = entry + 1;
  }

  /** First id of a code's phrase. */
  firstId(code: number): number {
    return code < this.vocabularySize ? code : this.#first[code - this.vocabularySize];
  }

  /** Ids in a code's phrase. */
  lengthOf(code: number): number {
    return code < this.vocabularySize ? 1 : this.#length[code - this.vocabularySize];
  }

  /** Ids of a known code's phrase. */
  phrase(code: number): Uint32Array {
    const ids = new Uint32Array(this.lengthOf(code));
    this.writePhrase(code, ids, ids.length);
    return ids;
  }

  /** Writes a known code's phrase into `target` so that it ends before `end`. */
  writePhrase(code: number, target: Uint32Array, end: number): void {
    while (code >= this.vocabularySize) {
      const entry = code - this.vocabularySize;
      target[--end] = this.#last[entry];
      code = this.#prefix[entry];
    }
    target[--end] = code;
  }

  /** Top bits of a multiplicative hash of the pair. */
  #home(prefix: number, id: number): number {
    return Math.imul(Math.imul(prefix, 0x9e3779b1) ^ id, 0x85ebca6b) >>> this.#shift;
  }
}
