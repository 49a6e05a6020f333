import { isJsonObject, PolytokError, requireChoice } from '@polytok/common';
import { requireLength } from '../check-chunk.js';
import type { ActionChunk } from '../contract.js';
import { type ActionStatistics, isStatistics } from './action-statistics.js';

/**
 * What a column is mapped by, under LeRobot's names: its mean to 0 and a standard deviation to 1, or two of its
 * statistics to −1 and 1 (least and greatest; q01 and q99; q10 and q90), or nothing.
 */
export type NormalizationMode = 'MEAN_STD' | 'MIN_MAX' | 'QUANTILES' | 'QUANTILE10' | 'IDENTITY';

/**
 * Whose arithmetic. They differ where a column hardly changes, and outside the range.
 * - `lerobot`: its processor. 1e-8 stands for a range of 0; nothing is clipped.
 * - `lerobot-tokenizer`: what `lerobot-train-tokenizer` does. Clips to the range, which is at least 1e-8.
 * - `openpi`: adds 1e-6 to the range; nothing is clipped.
 * - `openvla`: adds 1e-8 to the range, clips, and takes a constant column to 0.
 */
export type NormalizationConvention = 'lerobot' | 'lerobot-tokenizer' | 'openpi' | 'openvla';

export interface NormalizerOptions {
  readonly mode: NormalizationMode;
  readonly statistics: ActionStatistics;
  /** Default: 'lerobot'. */
  readonly convention?: NormalizationConvention;
  /** `(columns)`: false leaves a column as it is, such as a gripper from 0 to 1. Default: all true. */
  readonly mask?: readonly boolean[];
}

const MODES = ['MEAN_STD', 'MIN_MAX', 'QUANTILES', 'QUANTILE10', 'IDENTITY'] as const;

const ENDS = {
  MIN_MAX: ['min', 'max'],
  QUANTILES: ['q01', 'q99'],
  QUANTILE10: ['q10', 'q90'],
} as const;

interface Arithmetic {
  /** What is divided by, for a range or standard deviation of at least 0. */
  readonly divisor: (range: number, mode: NormalizationMode) => number;
  /** Clips what is normalised to −1 and 1, or values to the range: the same but where the divisor is larger than that. */
  readonly clips: 'normalised' | 'values' | false;
  readonly constantToZero: boolean;
}

const CONVENTIONS: Readonly<Record<NormalizationConvention, Arithmetic>> = {
  lerobot: {
    divisor: (range, mode) => (mode === 'MEAN_STD' ? range + 1e-8 : range || 1e-8),
    clips: false,
    constantToZero: false,
  },
  'lerobot-tokenizer': {
    divisor: (range) => Math.max(range, 1e-8),
    clips: 'values',
    constantToZero: false,
  },
  openpi: { divisor: (range) => range + 1e-6, clips: false, constantToZero: false },
  openvla: { divisor: (range) => range + 1e-8, clips: 'normalised', constantToZero: true },
};

/**
 * Maps actions to about −1 to 1 and back, column by column, in place and without allocation. Frozen: its numbers are
 * part of what tokens mean.
 */
export class Normalizer {
  readonly options: Required<NormalizerOptions>;
  /** `normalised = clip((value − origin) / scale + shift)` */
  readonly #origin: Float64Array;
  readonly #scale: Float64Array;
  readonly #shift: Float64Array;
  /** Least and greatest normalised number, infinite where nothing is clipped. */
  readonly #least: Float64Array;
  readonly #most: Float64Array;

  /** @throws PolytokError `INVALID_ARGUMENT` for options, or statistics that lack what the mode needs */
  constructor({ mode, statistics, convention = 'lerobot', mask }: NormalizerOptions) {
    requireChoice(mode, 'mode', MODES);
    requireChoice(convention, 'convention', Object.keys(CONVENTIONS) as NormalizationConvention[]);
    requireStatistics(statistics);
    const columns = statistics.min.length;
    const complete = mask ?? new Array<boolean>(columns).fill(true);
    requireLength(complete, 'mask', columns);
    // A copy: what tokens mean must not change behind the normalizer's back.
    this.options = Object.freeze(structuredClone({ mode, statistics, convention, mask: complete }));
    this.#scale = new Float64Array(columns).fill(1);
    this.#origin = new Float64Array(columns);
    this.#shift = new Float64Array(columns);
    this.#least = new Float64Array(columns).fill(-Infinity);
    this.#most = new Float64Array(columns).fill(Infinity);
    if (mode === 'IDENTITY') return;
    for (let column = 0; column < columns; column++) {
      if (!complete[column]) continue;
      if (mode === 'MEAN_STD') this.#standardize(column);
      else this.#spanColumn(column, ENDS[mode]);
    }
  }

  /** `(columns)`: physical units of one normalised unit, so that errors scale by it. 1 where a column is left as it is. */
  get scale(): Float64Array {
    return this.#scale.slice();
  }

  /** Numbers per step. */
  get columns(): number {
    return this.#origin.length;
  }

  /**
   * Normalises, in place unless `out` is another array.
   * @param values `(steps, columns)`
   * @throws PolytokError `INVALID_ARGUMENT` for steps of other columns
   */
  apply(values: ActionChunk, out: ActionChunk = values): void {
    const { columns } = this;
    this.#check(values, out);
    for (let column = 0; column < columns; column++) {
      const origin = this.#origin[column];
      const gain = 1 / this.#scale[column];
      const shift = this.#shift[column];
      const least = this.#least[column];
      const most = this.#most[column];
      for (let at = column; at < values.length; at += columns) {
        const value = (values[at] - origin) * gain + shift;
        out[at] = Math.min(Math.max(value, least), most);
      }
    }
  }

  /**
   * Undoes `apply` up to rounding, except for what that clipped.
   * @param values `(steps, columns)`, changed in place unless `out` is another array
   * @throws PolytokError `INVALID_ARGUMENT` for steps of other columns
   */
  invert(values: ActionChunk, out: ActionChunk = values): void {
    const { columns } = this;
    this.#check(values, out);
    for (let column = 0; column < columns; column++) {
      const origin = this.#origin[column];
      const scale = this.#scale[column];
      const shift = this.#shift[column];
      for (let at = column; at < values.length; at += columns) {
        out[at] = (values[at] - shift) * scale + origin;
      }
    }
  }

  toJSON(): Required<NormalizerOptions> {
    return this.options;
  }

  /** @throws PolytokError `INVALID_ARGUMENT` */
  static fromJSON(json: unknown): Normalizer {
    if (isJsonObject(json)) return new Normalizer(json as unknown as NormalizerOptions);
    throw new PolytokError(
      'INVALID_ARGUMENT',
      'A normalizer is an object with mode, statistics, convention and mask, as toJSON gives it.',
    );
  }

  #standardize(column: number): void {
    const { statistics, convention } = this.options;
    this.#origin[column] = statistics.mean[column];
    this.#scale[column] = CONVENTIONS[convention].divisor(statistics.std[column], 'MEAN_STD');
  }

  #spanColumn(column: number, [lowName, highName]: (typeof ENDS)[keyof typeof ENDS]): void {
    const { mode, statistics, convention } = this.options;
    const { divisor, clips, constantToZero } = CONVENTIONS[convention];
    const low = required(statistics, lowName, mode)[column];
    const high = required(statistics, highName, mode)[column];
    const divided = divisor(high - low, mode);
    this.#origin[column] = low;
    this.#scale[column] = divided / 2;
    this.#shift[column] = -1;
    if (constantToZero && statistics.min[column] === statistics.max[column]) {
      this.#least[column] = this.#most[column] = 0;
    } else if (clips) {
      this.#least[column] = -1;
      this.#most[column] = clips === 'values' ? (2 * (high - low)) / divided - 1 : 1;
    }
  }

  #check(values: ActionChunk, out: ActionChunk): void {
    const steps = Math.max(Math.round(values.length / this.columns), 0);
    requireLength(values, 'values', steps, this.columns);
    requireLength(out, 'out', steps, this.columns);
  }
}

function required(
  statistics: ActionStatistics,
  name: 'min' | 'max' | 'q01' | 'q99' | 'q10' | 'q90',
  mode: NormalizationMode,
): readonly number[] {
  const values = statistics[name];
  if (values) return values;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `Mode ${mode} needs the statistic '${name}', which these lack. Compute them from the data with TrackStatistics, or take MIN_MAX.`,
    { details: { mode, missing: name } },
  );
}

function requireStatistics(statistics: unknown): asserts statistics is ActionStatistics {
  if (isStatistics(statistics)) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    "'statistics' must have the lists min, max, mean and std with a finite number for each column, and a count. Compute them with TrackStatistics.",
    { details: { name: 'statistics' } },
  );
}
