/** Rows that are added to the sums together: each value of the sums is then read and written once for four of them. */
const GROUP = 4;

/**
 * Mean and covariance of rows that come batch by batch, in double precision and `O(dimension²)` memory. Every batch is
 * centred at its own mean, and batches are joined by the rule of Chan, Golub and LeVeque (1979), so that a mean far from
 * zero costs no digits.
 */
export class Moments {
  readonly mean: Float64Array;
  /** `(dimension, dimension)`, upper triangle: sums of products of deviations from the mean. */
  readonly #scatter: Float64Array;
  readonly #group: Float64Array;
  #rows = 0;

  constructor(dimension: number) {
    this.mean = new Float64Array(dimension);
    this.#scatter = new Float64Array(dimension * dimension);
    this.#group = new Float64Array(dimension * GROUP);
  }

  get rows(): number {
    return this.#rows;
  }

  /** @param batch `(rows, dimension)` of finite values */
  add(batch: Float32Array): void {
    const dimension = this.mean.length;
    const added = batch.length / dimension;
    if (added === 0) return;
    const centre = centreOf(batch, dimension);
    for (let from = 0; from < added; from += GROUP) {
      const count = Math.min(GROUP, added - from);
      this.#group.fill(0);
      for (let at = 0; at < count * dimension; at++) {
        this.#group[at] = batch[from * dimension + at] - centre[at % dimension];
      }
      this.#addGroup();
    }
    this.#join(centre, added);
  }

  /** `(dimension, dimension)`: unbiased, divided by `rows − 1`. */
  covariance(): Float64Array {
    const dimension = this.mean.length;
    const covariance = new Float64Array(dimension * dimension);
    for (let i = 0; i < dimension; i++) {
      for (let j = i; j < dimension; j++) {
        const value = this.#scatter[i * dimension + j] / (this.#rows - 1);
        covariance[i * dimension + j] = value;
        covariance[j * dimension + i] = value;
      }
    }
    return covariance;
  }

  /** What the distance of the two means adds, as one more deviation: δ · √(n·m / (n + m)). */
  #join(centre: Float64Array, added: number): void {
    const rows = this.#rows + added;
    const weight = Math.sqrt((this.#rows * added) / rows);
    this.#group.fill(0);
    for (let j = 0; j < centre.length; j++) {
      const distance = centre[j] - this.mean[j];
      this.#group[j] = distance * weight;
      this.mean[j] += (distance * added) / rows;
    }
    this.#addGroup();
    this.#rows = rows;
  }

  #addGroup(): void {
    const group = this.#group;
    const scatter = this.#scatter;
    const d = this.mean.length;
    for (let i = 0; i < d; i++) {
      const a = group[i];
      const b = group[i + d];
      const c = group[i + 2 * d];
      const e = group[i + 3 * d];
      for (let j = i, at = i * d + i; j < d; j++, at++) {
        scatter[at] += a * group[j] + b * group[j + d] + c * group[j + 2 * d] + e * group[j + 3 * d];
      }
    }
  }
}

/** Mean row, by deviations from the first, so that the mean of a constant column is that constant. */
function centreOf(batch: Float32Array, dimension: number): Float64Array {
  const centre = new Float64Array(dimension);
  for (let at = 0; at < batch.length; at++) centre[at % dimension] += batch[at] - batch[at % dimension];
  return centre.map((sum, j) => batch[j] + (sum * dimension) / batch.length);
}
