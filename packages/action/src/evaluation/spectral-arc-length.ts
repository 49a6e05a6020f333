import type { ActionChunk } from '../contract.js';
import { type MotionOptions, requireMotion } from './jerk.js';

/** Highest frequency of the arc, in hertz: faster than arms move on purpose. */
const CUT_OFF = 10;
/** Share of the spectrum's maximum below which the arc ends. */
const THRESHOLD = 0.05;
/** The spectrum is sampled 2⁴ times as densely as the next power of two of the steps gives. */
const PADDING = 4;

/**
 * Spectral arc length of each column's speed: `(columns)`, below 0; nearer to 0 is smoother. The length of the curve that
 * the magnitude of the speed's spectrum, over its maximum, draws up to the last frequency that reaches 5 % of it, at most
 * 10 Hz; frequencies are divided by that one. NaN for fewer than two steps, or where nothing moves.
 *
 * Source: Balasubramanian et al., "On the analysis of movement smoothness" (2015), with its constants.
 * @param values `(steps, columns)`
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function spectralArcLength(values: ActionChunk, options: MotionOptions): Float64Array {
  requireMotion(options);
  const { columns, fps } = options;
  const speed = new Float64Array(Math.max(Math.floor(values.length / columns) - 1, 0));
  return Float64Array.from({ length: columns }, (_, column) => {
    for (let step = 0; step < speed.length; step++) {
      const at = step * columns + column;
      speed[step] = Math.abs(values[at + columns] - values[at]) * fps;
    }
    return speed.some((value) => value > 0) ? arcLength(speed, fps) : Number.NaN;
  });
}

function arcLength(speed: Float64Array, fps: number): number {
  const points = 2 ** (Math.ceil(Math.log2(speed.length)) + PADDING);
  const bins = Math.min(Math.floor((CUT_OFF * points) / fps), points / 2) + 1;
  const spectrum = Float64Array.from({ length: bins }, (_, bin) =>
    magnitudeAt(speed, (2 * Math.PI * bin) / points),
  );
  // A speed is nowhere negative, so that its spectrum is largest at frequency 0.
  const largest = spectrum[0];
  let last = bins - 1;
  while (spectrum[last] < THRESHOLD * largest) last--;
  let length = 0;
  for (let bin = 1; bin <= last; bin++) {
    length += Math.hypot(1 / last, (spectrum[bin] - spectrum[bin - 1]) / largest);
  }
  return -length;
}

/** `|Σ x[t]·e^(−iωt)|` by Goertzel's recurrence: one multiplication per sample, and only for the few bins of the arc. */
function magnitudeAt(values: Float64Array, frequency: number): number {
  const turn = 2 * Math.cos(frequency);
  let before = 0;
  let now = 0;
  for (let t = 0; t < values.length; t++) {
    const next = values[t] + turn * now - before;
    before = now;
    now = next;
  }
  return Math.sqrt(Math.max(now * now + before * before - turn * now * before, 0));
}
