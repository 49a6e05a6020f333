import { randomBelow } from '../../random.js';

/**
 * Rows drawn without replacement, each set as likely as any other, from however many are added one after another
 * (Vitter 1985, algorithm R). What is drawn does not depend on how rows are batched.
 */
export class RowSample {
  readonly #values: Float32Array;
  readonly #dimension: number;
  readonly #next: () => number;
  #seen = 0;

  /**
   * @param size rows to draw
   * @param next random 32-bit integers
   */
  constructor(size: number, dimension: number, next: () => number) {
    this.#values = new Float32Array(size * dimension);
    this.#dimension = dimension;
    this.#next = next;
  }

  /** @param batch `(rows, dimension)` */
  add(batch: Float32Array): void {
    const dimension = this.#dimension;
    const size = this.#values.length / dimension;
    for (let from = 0; from < batch.length; from += dimension) {
      const place = this.#seen < size ? this.#seen : randomBelow(this.#next, this.#seen + 1);
      this.#seen++;
      if (place >= size) continue;
      for (let j = 0; j < dimension; j++) this.#values[place * dimension + j] = batch[from + j];
    }
  }

  /** `(rows, dimension)` drawn; fewer than asked for where not so many were added. */
  rows(): Float32Array {
    const drawn = Math.min(this.#values.length, this.#seen * this.#dimension);
    return this.#values.subarray(0, drawn);
  }
}
