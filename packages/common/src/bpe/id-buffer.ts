import type { IdArray } from '../contract.js';
import { idArrayClass } from '../id-array.js';

/** Ids collected piece by piece, in the narrowest type for a vocabulary of `size` ids. */
export class IdBuffer {
  length = 0;
  readonly #Ids: new (
    length: number,
  ) => IdArray;
  #ids: IdArray;

  constructor(size: number, capacity: number) {
    this.#Ids = idArrayClass(size);
    this.#ids = new this.#Ids(capacity);
  }

  /** Appends the id of each rank. */
  append(ranks: Uint32Array, idOf: Uint32Array): void {
    const needed = this.length + ranks.length;
    if (needed > this.#ids.length) {
      const larger = new this.#Ids(Math.max(needed, Math.ceil(this.#ids.length * 1.5)));
      larger.set(this.#ids.subarray(0, this.length));
      this.#ids = larger;
    }
    const ids = this.#ids;
    let at = this.length;
    for (let k = 0; k < ranks.length; k++) ids[at++] = idOf[ranks[k]];
    this.length = at;
  }

  /** A copy of the ids so far; the buffer is empty afterwards. */
  take(): IdArray {
    const ids = this.#ids.slice(0, this.length);
    this.length = 0;
    return ids;
  }
}
