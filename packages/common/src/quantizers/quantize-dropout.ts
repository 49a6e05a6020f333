import { requireInteger } from '../arguments.js';
import { randomBelow, seededRandom } from '../random.js';

export interface QuantizeDropoutOptions {
  /** Stages there are, at least 1. */
  readonly stages: number;
  /** The last stage that is active is this one or a later one, counted from 0; below `stages`. Default: 0. */
  readonly cutoff?: number;
  /** The number of active stages is rounded up to a multiple of this, at most to `stages`. Default: 1. */
  readonly multipleOf?: number;
  /** Integer. Default: 0. */
  readonly seed?: number;
}

/**
 * How many stages take part in a training step, so that every prefix of a residual quantizer learns to decode alone
 * (SoundStream, arXiv 2107.03312): the last is drawn uniformly from `cutoff` to `stages - 1`. A step always draws the
 * same; groups of a grouped quantizer share the draw.
 * @param step integer, at least 0
 * @returns from 1 to `stages`
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function activeStages(options: QuantizeDropoutOptions, step: number): number {
  const { stages, cutoff = 0, multipleOf = 1, seed = 0 } = options;
  requireInteger(stages, 'stages', { minimum: 1 });
  requireInteger(cutoff, 'cutoff', { maximum: stages - 1 });
  requireInteger(multipleOf, 'multipleOf', { minimum: 1 });
  requireInteger(seed, 'seed', { minimum: Number.MIN_SAFE_INTEGER });
  requireInteger(step, 'step');
  const next = seededRandom(seed + Math.imul(step, 0x9e3779b1));
  const count = cutoff + 1 + randomBelow(next, stages - cutoff);
  return Math.min(stages, Math.ceil(count / multipleOf) * multipleOf);
}
