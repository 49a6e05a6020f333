import { PolytokError, requireInteger } from '@polytok/common';
import { requireFinite } from '../check-chunk.js';
import type { ActionChunk } from '../contract.js';
import { type ActionStatistics, QUANTILES, type QuantileName } from './action-statistics.js';
import { QuantileEstimate } from './quantile-estimate.js';

export interface TrackStatisticsOptions {
  /** Numbers per step, at least 1. */
  readonly columns: number;
  /**
   * Up to so many steps quantiles are exact; of more they are estimated, to 1/2500 of the column's range. Takes
   * 8 bytes per step and column. Default: 8192.
   */
  readonly exactSteps?: number;
}

/** Statistics of a stream of actions, in memory that does not grow with it. */
export class TrackStatistics {
  readonly columns: number;
  readonly #min: Float64Array;
  readonly #max: Float64Array;
  /** Sums are of differences from the first step, so that large offsets cost no digits. */
  readonly #first: Float64Array;
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  readonly #quantiles: readonly QuantileEstimate[];
  #count = 0;

  /** @throws PolytokError `INVALID_ARGUMENT` */
  constructor({ columns, exactSteps = 8192 }: TrackStatisticsOptions) {
    requireInteger(columns, 'columns', { minimum: 1 });
    requireInteger(exactSteps, 'exactSteps', { minimum: 1 });
    this.columns = columns;
    this.#min = new Float64Array(columns).fill(Infinity);
    this.#max = new Float64Array(columns).fill(-Infinity);
    this.#first = new Float64Array(columns);
    this.#sums = new Float64Array(columns);
    this.#squares = new Float64Array(columns);
    this.#quantiles = Array.from({ length: columns }, () => new QuantileEstimate(exactSteps));
  }

  /** Steps seen. */
  get count(): number {
    return this.#count;
  }

  /**
   * @param values `(steps, columns)`; no steps are no change
   * @throws PolytokError `INVALID_ARGUMENT` for steps of other columns, or a number that is not finite, naming it
   */
  add(values: ActionChunk): void {
    const { columns } = this;
    if (values.length % columns !== 0) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `${values.length} values are no whole number of steps of ${columns} columns.`,
        { details: { values: values.length, columns } },
      );
    }
    requireFinite(values, columns);
    if (this.#count === 0) this.#first.set(values.subarray(0, columns));
    for (let column = 0; column < columns; column++) this.#addColumn(values, column);
    this.#count += values.length / columns;
  }

  /** What is known so far. @throws PolytokError `INVALID_ARGUMENT` before the first step */
  result(): ActionStatistics {
    if (this.#count === 0) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        'There are no statistics of no steps. Are all episodes empty?',
      );
    }
    const clamp = (value: number, column: number) =>
      Math.min(Math.max(value, this.#min[column]), this.#max[column]);
    const quantiles = Object.fromEntries(
      Object.entries(QUANTILES).map(([name, share]) => [
        name,
        this.#quantiles.map((estimate, column) => clamp(estimate.quantile(share), column)),
      ]),
    ) as Record<QuantileName, number[]>;
    const means = Array.from(this.#sums, (sum) => sum / this.#count);
    return {
      count: this.#count,
      min: [...this.#min],
      max: [...this.#max],
      mean: means.map((mean, column) => this.#first[column] + mean),
      std: means.map((mean, column) =>
        Math.sqrt(Math.max(this.#squares[column] / this.#count - mean * mean, 0)),
      ),
      ...quantiles,
    };
  }

  #addColumn(values: ActionChunk, column: number): void {
    const first = this.#first[column];
    const quantiles = this.#quantiles[column];
    let min = this.#min[column];
    let max = this.#max[column];
    let sum = 0;
    let squares = 0;
    for (let at = column; at < values.length; at += this.columns) {
      const value = values[at];
      const difference = value - first;
      if (value < min) min = value;
      if (value > max) max = value;
      sum += difference;
      squares += difference * difference;
      quantiles.add(value);
    }
    this.#min[column] = min;
    this.#max[column] = max;
    this.#sums[column] += sum;
    this.#squares[column] += squares;
  }
}
