/** Smoothness in time: the third difference of actions. */
import { requireInteger, requirePositive } from '@polytok/common';
import type { ActionChunk } from '../contract.js';

export interface MotionOptions {
  /** D: numbers per step. */
  readonly columns: number;
  /** Steps per second. */
  readonly fps: number;
}

/** Throws `INVALID_ARGUMENT` for options that are none. */
export function requireMotion({ columns, fps }: MotionOptions): void {
  requireInteger(columns, 'columns', { minimum: 1 });
  requirePositive(fps, 'fps');
}

/**
 * Root mean square of the jerk, third difference · fps³, of each column in its unit per s³: `(columns)`. NaN for fewer
 * than four steps.
 * @param values `(steps, columns)`
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function jerkRms(values: ActionChunk, options: MotionOptions): Float64Array {
  requireMotion(options);
  const { columns, fps } = options;
  const steps = Math.floor(values.length / columns);
  return Float64Array.from({ length: columns }, (_, column) =>
    Math.sqrt((squaredJerk(values, column, options) * fps ** 6) / (steps - 3)),
  ).map((rms) => (steps > 3 ? rms : Number.NaN));
}

/**
 * Log dimensionless jerk of each column, `−ln(duration³ / peak² · ∫ jerk² dt)`: `(columns)`. Larger is smoother. NaN for
 * fewer than four steps, or where nothing moves; infinite for a motion without jerk.
 *
 * Source: Hogan and Sternad, "Sensitivity of smoothness measures to movement duration, amplitude, and arrests" (2009).
 * @param values `(steps, columns)`
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function logDimensionlessJerk(values: ActionChunk, options: MotionOptions): Float64Array {
  requireMotion(options);
  const { columns, fps } = options;
  const steps = Math.floor(values.length / columns);
  const duration = (steps - 1) / fps;
  return Float64Array.from({ length: columns }, (_, column) => {
    let peak = 0;
    for (let at = column + columns; at < values.length; at += columns) {
      peak = Math.max(peak, Math.abs(values[at] - values[at - columns]));
    }
    if (steps < 4 || peak === 0) return Number.NaN;
    const integral = squaredJerk(values, column, options) * fps ** 5;
    return -Math.log((duration ** 3 / (peak * fps) ** 2) * integral);
  });
}

/** Sum of the squares of the third differences of a column. */
function squaredJerk(values: ActionChunk, column: number, { columns }: MotionOptions): number {
  let sum = 0;
  for (let at = column + 3 * columns; at < values.length; at += columns) {
    const third =
      values[at] - 3 * values[at - columns] + 3 * values[at - 2 * columns] - values[at - 3 * columns];
    sum += third * third;
  }
  return sum;
}
