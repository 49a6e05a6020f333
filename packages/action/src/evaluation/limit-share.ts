import { PolytokError } from '@polytok/common';
import type { ActionChunk, ActionRange } from '../contract.js';
import { type MotionOptions, requireMotion } from './jerk.js';

/** What a robot allows. */
export interface MotionLimits {
  /** `(columns)` each, in the actions' unit. */
  readonly position?: ActionRange;
  /** `(columns)`: largest speed, in the unit per second. */
  readonly velocity?: ArrayLike<number>;
  /** `(columns)`: largest acceleration, in the unit per s². */
  readonly acceleration?: ArrayLike<number>;
}

/** Share of the numbers beyond each limit, from 0 to 1; null for a limit that is not given. Plain JSON. */
export interface LimitShares {
  readonly position: number | null;
  readonly velocity: number | null;
  readonly acceleration: number | null;
}

/** Numbers beyond limits over a stream of episodes. */
export class LimitSums {
  readonly #limits: MotionLimits;
  readonly #options: MotionOptions;
  readonly #beyond = [0, 0, 0];
  readonly #counts = [0, 0, 0];

  /** @throws PolytokError `INVALID_ARGUMENT` for limits of another number of columns */
  constructor(limits: MotionLimits, options: MotionOptions) {
    requireMotion(options);
    const { position, velocity, acceleration } = limits;
    for (const list of [position?.low, position?.high, velocity, acceleration]) {
      if (!list || list.length === options.columns) continue;
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `There are limits for ${list.length} columns; the actions have ${options.columns}.`,
        { details: { actual: list.length, expected: options.columns } },
      );
    }
    this.#limits = limits;
    this.#options = options;
  }

  /** @param values `(steps, columns)`: one episode */
  add(values: ActionChunk): void {
    const { position, velocity, acceleration } = this.#limits;
    const { columns, fps } = this.#options;
    for (let at = 0; at < values.length; at++) {
      const column = at % columns;
      if (position) this.#count(0, values[at] < position.low[column] || values[at] > position.high[column]);
      if (at < columns) continue;
      const speed = (values[at] - values[at - columns]) * fps;
      if (velocity) this.#count(1, Math.abs(speed) > velocity[column]);
      if (at < 2 * columns) continue;
      const before = (values[at - columns] - values[at - 2 * columns]) * fps;
      if (acceleration) this.#count(2, Math.abs(speed - before) * fps > acceleration[column]);
    }
  }

  summary(): LimitShares {
    const [position, velocity, acceleration] = this.#counts.map((count, kind) =>
      count > 0 ? this.#beyond[kind] / count : null,
    );
    return { position, velocity, acceleration };
  }

  #count(kind: number, isBeyond: boolean): void {
    this.#counts[kind]++;
    if (isBeyond) this.#beyond[kind]++;
  }
}

/** Shares of one episode. @throws PolytokError `INVALID_ARGUMENT` */
export function limitShares(values: ActionChunk, limits: MotionLimits, options: MotionOptions): LimitShares {
  const sums = new LimitSums(limits, options);
  sums.add(values);
  return sums.summary();
}
