/**
 * Other sample rates, by a windowed sinc: the band below both Nyquist frequencies is kept, what lies above is damped before
 * it can fold back. The window is a Hann of six zero crossings per side and the band ends at 0.99 of Nyquist, which are the
 * defaults of torchaudio, whose resampler StableToken's reference uses (J. O. Smith, Digital Audio Resampling, 2002).
 */
import { PolytokError, requireInteger } from '@polytok/common';
import type { Audio } from './audio.js';

/** Highest rate: that of the fastest audio interfaces. */
export const MAX_RESAMPLED_RATE = 768_000;

/** Zero crossings of the sinc on either side. */
const CROSSINGS = 6;

/** End of the band, of the lower Nyquist frequency. */
const ROLLOFF = 0.99;

/**
 * The sound at another rate, `ceil(samples · rate / sampleRate)` samples; the sound itself where it has that rate. Silence is
 * taken to surround it.
 * @param rate samples per second
 * @throws PolytokError `INVALID_ARGUMENT` for rates that are no integers from 1 to {@link MAX_RESAMPLED_RATE}
 */
export function resample(audio: Audio, rate: number): Audio {
  const { samples, sampleRate } = audio;
  for (const [name, value] of Object.entries({ rate, sampleRate }))
    requireInteger(value, name, { minimum: 1, maximum: MAX_RESAMPLED_RATE });
  if (sampleRate === rate) return audio;
  const divisor = greatestDivisor(sampleRate, rate);
  const [from, to] = [sampleRate / divisor, rate / divisor];
  const length = Math.ceil((samples.length * to) / from);
  if (!Number.isSafeInteger(length) || length > MAX_RESAMPLED_SAMPLES) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `At ${rate} samples per second this would have ${length} samples; the limit is ${MAX_RESAMPLED_SAMPLES}. Cut it first.`,
      { details: { length, limit: MAX_RESAMPLED_SAMPLES } },
    );
  }
  const resampled = new Float32Array(length);
  for (let phase = 0; phase < Math.min(to, length); phase++) {
    const { first, taps } = filterOf(phase, from, to);
    for (let out = phase, at = first; out < length; out += to, at += from) {
      let sum = 0;
      const begin = Math.max(0, -at);
      const end = Math.min(taps.length, samples.length - at);
      for (let k = begin; k < end; k++) sum += taps[k] * samples[at + k];
      resampled[out] = sum;
    }
  }
  return { samples: resampled, sampleRate: rate };
}

/** Most samples of a result: 37 hours at 16 kHz, 8.6 GB. */
const MAX_RESAMPLED_SAMPLES = 2 ** 31;

/**
 * The filter of the outputs `phase`, `phase + to`, …: taps, and the input that the first one meets.
 *
 *     h(t) = b/from · sinc(t) · cos²(π t / 12),  t = b (i/from − phase/to),  b = 0.99 min(from, to),  |t| < 6
 */
function filterOf(phase: number, from: number, to: number): { first: number; taps: Float64Array } {
  const band = ROLLOFF * Math.min(from, to);
  const centre = (phase * from) / to;
  const reach = (CROSSINGS * from) / band;
  const first = Math.ceil(centre - reach);
  const taps = new Float64Array(Math.floor(centre + reach) - first + 1);
  for (let k = 0; k < taps.length; k++) {
    const t = (band * (first + k - centre)) / from;
    const sinc = t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t);
    taps[k] = (band / from) * sinc * Math.cos((Math.PI * t) / (2 * CROSSINGS)) ** 2;
  }
  return { first, taps };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
