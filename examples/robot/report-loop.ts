import type { Verdict } from '@polytok/action/replay';
import type { ChunkPlayer } from './chunk-player.js';
import { median } from './median.js';
import type { Tracking } from './tracking.js';

/** One line on a control loop that has ended. Times are medians over its chunks. */
export function reportLoop(
  join: string,
  { player, tracking, verdict }: { player: ChunkPlayer; tracking: Tracking; verdict: Verdict },
): string {
  const { seams, encodeTimes, decodeTimes } = player;
  const error = Math.max(...Object.values(verdict.errors));
  return [
    `${join}: ${seams.length} seams of at most ${milli(Math.max(...seams))} mrad`,
    `tracking ${milli(tracking.error)} mrad`,
    `success ${verdict.success} within ${milli(error)} mm`,
    `encode ${median(encodeTimes).toFixed(1)} µs`,
    `decode ${median(decodeTimes).toFixed(1)} µs`,
  ].join(', ');
}

/** Three digits, so that only what is exactly 0 reads 0. */
const milli = (value: number) => Number((value * 1000).toPrecision(3));
