import { PolytokError, requireInteger } from '@polytok/common';
import { requireLength } from '../check-chunk.js';
import type { ActionChunk } from '../contract.js';

export interface GripperThresholdOptions {
  /** Numbers per step. */
  readonly columns: number;
  /** Columns that are grippers. */
  readonly grippers: readonly number[];
  /** A gripper that is high falls below this: at most `rise`. Default: 0. */
  readonly fall?: number;
  /** A gripper that is low rises to this, or above. Default: 0. */
  readonly rise?: number;
  /** What a low gripper is told. Default: −1. */
  readonly low?: number;
  /** What a high gripper is told. Default: 1. */
  readonly high?: number;
}

/**
 * Two-valued grippers with hysteresis: decoded curves have values in between, where an edge lies within a stretch, and
 * noise around a single threshold would make the fingers flutter. Holds the state of the grippers from chunk to chunk.
 */
export class GripperThreshold {
  readonly #options: Required<GripperThresholdOptions>;
  /** Per gripper: 1 high, 0 low, −1 not known yet. */
  readonly #states: Int8Array;

  /** @throws PolytokError `INVALID_ARGUMENT` */
  constructor({ fall = 0, rise = 0, low = -1, high = 1, ...rest }: GripperThresholdOptions) {
    this.#options = { ...rest, fall, rise, low, high };
    for (const gripper of rest.grippers) {
      requireInteger(gripper, 'grippers', { minimum: 0, maximum: rest.columns - 1 });
    }
    const valid = [fall, rise, low, high].every(Number.isFinite) && fall <= rise;
    if (!valid) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `Thresholds and values are finite, and 'fall' is at most 'rise'; got ${fall}, ${rise}, ${low} and ${high}.`,
        { details: { fall, rise, low, high } },
      );
    }
    this.#states = new Int8Array(rest.grippers.length).fill(-1);
  }

  /**
   * Replaces the grippers of a chunk in place, step after step.
   * @param chunk `(steps, columns)`
   * @throws PolytokError `INVALID_ARGUMENT`
   */
  apply(chunk: ActionChunk): void {
    const { columns, grippers, fall, rise, low, high } = this.#options;
    requireLength(chunk, 'chunk', Math.ceil(chunk.length / columns), columns);
    for (let at = 0; at < chunk.length; at += columns) {
      for (let g = 0; g < grippers.length; g++) {
        const value = chunk[at + grippers[g]];
        const isHigh = this.#states[g] === 1 ? value >= fall : value >= rise;
        this.#states[g] = isHigh ? 1 : 0;
        chunk[at + grippers[g]] = isHigh ? high : low;
      }
    }
  }

  /** Forgets the state: for the next episode. */
  reset(): void {
    this.#states.fill(-1);
  }
}
