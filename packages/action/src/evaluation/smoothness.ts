import type { ActionChunk } from '../contract.js';
import { jerkRms, logDimensionlessJerk, type MotionOptions } from './jerk.js';
import { spectralArcLength } from './spectral-arc-length.js';

/** `(columns)` each, means over episodes; null where no episode has a value, such as for a column that never moves. */
export interface Smoothness {
  /** In the column's unit per s³; see {@link jerkRms}. Lower is smoother, which is not always better: compare with the source. */
  readonly jerkRms: readonly (number | null)[];
  /** See {@link logDimensionlessJerk}; higher is smoother. */
  readonly ldlj: readonly (number | null)[];
  /** See {@link spectralArcLength}; nearer to 0 is smoother. */
  readonly sparc: readonly (number | null)[];
}

/** Smoothness over a stream of episodes. */
export class SmoothnessSums {
  readonly #options: MotionOptions;
  readonly #jerkRms: ColumnMeans;
  readonly #ldlj: ColumnMeans;
  readonly #sparc: ColumnMeans;

  constructor(options: MotionOptions) {
    this.#options = options;
    this.#jerkRms = new ColumnMeans(options.columns);
    this.#ldlj = new ColumnMeans(options.columns);
    this.#sparc = new ColumnMeans(options.columns);
  }

  /** @param values `(steps, columns)`: one episode */
  add(values: ActionChunk): void {
    this.#jerkRms.add(jerkRms(values, this.#options));
    this.#ldlj.add(logDimensionlessJerk(values, this.#options));
    this.#sparc.add(spectralArcLength(values, this.#options));
  }

  summary(): Smoothness {
    return {
      jerkRms: this.#jerkRms.summary(),
      ldlj: this.#ldlj.summary(),
      sparc: this.#sparc.summary(),
    };
  }
}

/** Means of those numbers that are finite. */
class ColumnMeans {
  readonly #sums: Float64Array;
  readonly #counts: Uint32Array;

  constructor(columns: number) {
    this.#sums = new Float64Array(columns);
    this.#counts = new Uint32Array(columns);
  }

  add(values: Float64Array): void {
    values.forEach((value, column) => {
      if (!Number.isFinite(value)) return;
      this.#sums[column] += value;
      this.#counts[column]++;
    });
  }

  summary(): (number | null)[] {
    return Array.from(this.#sums, (sum, column) =>
      this.#counts[column] > 0 ? sum / this.#counts[column] : null,
    );
  }
}
