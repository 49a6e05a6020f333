import { PolytokError, requireChoice, requirePositive } from '@polytok/common';

/** `linear` between two messages; `hold`: the last message before. */
export type ResampleMethod = 'linear' | 'hold';

export interface JointSample {
  /** In seconds. */
  readonly time: number;
  /** `(columns)` */
  readonly values: Float64Array;
}

export interface ResampleOptions {
  /** Steps per second. Default: one over the median distance, to the nearest integer from 1 on. */
  readonly fps?: number;
  readonly method: ResampleMethod;
}

/** Most steps of a track. */
const MAX_STEPS = 1 << 26;

/**
 * Samples at uneven times on an even grid, from the first to the last. Samples out of order are sorted, of those at the
 * same time the last counts.
 * @returns `(steps, columns)`
 * @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED`
 */
export function resample(
  samples: readonly JointSample[],
  { fps, method }: ResampleOptions,
): { values: Float64Array; fps: number } {
  requireChoice(method, 'method', ['linear', 'hold']);
  if (fps !== undefined) requirePositive(fps, 'fps');
  const sorted = samples.slice().sort((a, b) => a.time - b.time);
  const inOrder = sorted.filter(({ time }, at) => sorted[at + 1]?.time !== time);
  const rate = fps ?? medianRate(inOrder);
  const start = inOrder[0].time;
  const steps = Math.floor((inOrder[inOrder.length - 1].time - start) * rate + 1e-6) + 1;
  if (steps > MAX_STEPS) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `The recording has ${steps} steps at ${rate} per second; the limit is ${MAX_STEPS}. Its times may be wrong.`,
      { details: { steps, limit: MAX_STEPS } },
    );
  }
  const columns = inOrder[0].values.length;
  const values = new Float64Array(steps * columns);
  let before = 0;
  for (let step = 0; step < steps; step++) {
    // A rounding before a message must not fall back to the one before it.
    const time = start + step / rate + 1e-9;
    while (before + 1 < inOrder.length && inOrder[before + 1].time <= time) before++;
    const [a, b] = [inOrder[before], inOrder[before + 1] ?? inOrder[before]];
    const share = method === 'hold' || a === b ? 0 : (time - 1e-9 - a.time) / (b.time - a.time);
    for (let column = 0; column < columns; column++) {
      values[step * columns + column] =
        a.values[column] + Math.max(share, 0) * (b.values[column] - a.values[column]);
    }
  }
  return { values, fps: rate };
}

function medianRate(samples: readonly JointSample[]): number {
  const gaps = samples.slice(1).map(({ time }, at) => time - samples[at].time);
  if (gaps.length === 0) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      "One message does not say how fast the steps are: pass 'fps'.",
    );
  }
  return Math.max(Math.round(1 / gaps.sort((a, b) => a - b)[gaps.length >> 1]), 1);
}
