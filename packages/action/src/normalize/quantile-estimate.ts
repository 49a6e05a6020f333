/** Bins of the histogram, as many as LeRobot has. Even, so that doubling merges whole pairs. */
const BINS = 5000;
/** Bin width for numbers that are all the same, as a share of their size: wide enough to tell neighbours apart. */
const LEAST_WIDTH = 1e-12;

/**
 * Quantiles of a stream of finite numbers in bounded memory: exact for the first `exact` numbers, then from a histogram.
 * The histogram covers what was seen; for a number outside, its bins double in width and merge in pairs, so that counts
 * are never spread. At least half of the bins cover the range seen: a quantile is less than 1/2500 of it away from the
 * numbers of its rank.
 */
export class QuantileEstimate {
  #sample: Float64Array;
  #count = 0;
  #bins: Float64Array | undefined;
  #low = 0;
  #width = 0;

  /** @param exact numbers kept as they are, at least 1; 8 bytes each */
  constructor(exact: number) {
    this.#sample = new Float64Array(exact);
  }

  add(value: number): void {
    if (this.#count < this.#sample.length) {
      this.#sample[this.#count++] = value;
      return;
    }
    const bins = this.#bins ?? this.#startHistogram();
    let bin = Math.floor((value - this.#low) / this.#width);
    if (!(bin >= 0 && bin < BINS)) {
      this.#widenTo(value);
      bin = Math.floor((value - this.#low) / this.#width);
    }
    bins[bin]++;
    this.#count++;
  }

  /**
   * The value below which `share` of the numbers lie, with linear interpolation. NaN before the first number.
   * @param share from 0 to 1
   */
  quantile(share: number): number {
    return this.#bins
      ? this.#quantileOfBins(this.#bins, share)
      : sortedQuantile(this.#sample.slice(0, this.#count).sort(), share);
  }

  #startHistogram(): Float64Array {
    const bins = new Float64Array(BINS);
    this.#bins = bins;
    const sorted = this.#sample.slice().sort();
    const [low, high] = [sorted[0], sorted[sorted.length - 1]];
    this.#low = low;
    // A bin more than needed, so that rounding leaves the highest number inside.
    this.#width = Math.max((high - low) / (BINS - 1), Math.max(Math.abs(low), 1) * LEAST_WIDTH);
    for (const value of sorted) bins[Math.floor((value - low) / this.#width)]++;
    return bins;
  }

  #widenTo(value: number): void {
    const bins = this.#bins as Float64Array;
    while (!(value >= this.#low && (value - this.#low) / this.#width < BINS)) {
      const below = value < this.#low;
      const merged = new Float64Array(BINS);
      const shift = below ? BINS : 0;
      for (let bin = 0; bin < BINS; bin++) merged[(bin + shift) >> 1] += bins[bin];
      bins.set(merged);
      if (below) this.#low -= BINS * this.#width;
      this.#width *= 2;
    }
  }

  #quantileOfBins(bins: Float64Array, share: number): number {
    const rank = share * (this.#count - 1);
    let before = 0;
    let bin = 0;
    while (bin < BINS - 1 && before + bins[bin] <= rank) before += bins[bin++];
    // The numbers of a bin count as evenly spread over it.
    return this.#low + (bin + (rank - before + 0.5) / bins[bin]) * this.#width;
  }
}

/** Quantile of sorted values by linear interpolation between the nearest two, NumPy's default. NaN for none. */
export function sortedQuantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
