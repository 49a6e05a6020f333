interface Candidate {
  readonly distance: number;
  readonly row: Float32Array;
}

/** The rows farthest from their codes, of however many are added; of equally far ones those added first. */
export class FarRows {
  readonly #limit: number;
  #candidates: Candidate[] = [];
  /** Rows that are no farther cannot come in any more. */
  #threshold = 0;

  /** @param limit rows to keep, at least 1 */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * @param batch `(rows, dimension)`
   * @param distances `(rows)`
   */
  add(batch: Float32Array, distances: Float32Array): void {
    const dimension = batch.length / distances.length;
    for (let row = 0; row < distances.length; row++) {
      const distance = distances[row];
      if (distance <= this.#threshold) continue;
      this.#candidates.push({ distance, row: batch.slice(row * dimension, (row + 1) * dimension) });
      // Sorting every `limit` rows costs a logarithm per row.
      if (this.#candidates.length === 2 * this.#limit) this.#cut();
    }
  }

  /** Farthest first; rows at distance 0 are never among them. */
  rows(): readonly Float32Array[] {
    this.#cut();
    return this.#candidates.map(({ row }) => row);
  }

  #cut(): void {
    const kept = this.#candidates.sort((a, b) => b.distance - a.distance).slice(0, this.#limit);
    this.#candidates = kept;
    if (kept.length === this.#limit) this.#threshold = kept[kept.length - 1].distance;
  }
}
