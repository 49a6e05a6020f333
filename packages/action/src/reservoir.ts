/**
 * A uniform sample of a stream in bounded memory (Vitter's algorithm R): everything up to its capacity, beyond it each item
 * with the same probability. The same stream gives the same sample.
 */
export class Reservoir<Item> {
  readonly items: Item[] = [];
  readonly #capacity: number;
  #seen = 0;
  #random = 0x9e3779b9;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Items that passed by. */
  get seen(): number {
    return this.#seen;
  }

  /** @param make called only when the item is kept */
  offer(make: () => Item): void {
    this.#seen++;
    if (this.items.length < this.#capacity) {
      this.items.push(make());
      return;
    }
    this.#random = (Math.imul(this.#random, 1664525) + 1013904223) >>> 0;
    const place = Math.floor((this.#random / 2 ** 32) * this.#seen);
    if (place < this.#capacity) this.items[place] = make();
  }
}
