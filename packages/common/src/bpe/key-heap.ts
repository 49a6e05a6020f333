/** Binary heap of numbers, smallest first, in one typed array. */
export class KeyHeap {
  size = 0;
  readonly #keys: Float64Array;

  /** @param capacity most keys it ever holds at once; pushing more loses keys */
  constructor(capacity: number) {
    this.#keys = new Float64Array(capacity);
  }

  push(key: number): void {
    const keys = this.#keys;
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (keys[parent] <= key) break;
      keys[at] = keys[parent];
      at = parent;
    }
    keys[at] = key;
  }

  /** Takes out the smallest key. The heap must not be empty. */
  pop(): number {
    const keys = this.#keys;
    const smallest = keys[0];
    const last = keys[--this.size];
    let at = 0;
    for (let child = 1; child < this.size; child = 2 * at + 1) {
      if (child + 1 < this.size && keys[child + 1] < keys[child]) child++;
      if (keys[child] >= last) break;
      keys[at] = keys[child];
      at = child;
    }
    keys[at] = last;
    return smallest;
  }
}
