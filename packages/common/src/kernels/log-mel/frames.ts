import { PolytokError } from '../../errors.js';
import type { FrameLayout } from './log-mel-options.js';

/**
 * Number of log-mel frames of a signal. No samples have no frames.
 * @param sampleCount samples in the signal
 * @param layout a prepared `LogMel`, or its framing
 * @throws PolytokError `INVALID_ARGUMENT` if `center` cannot reflect so few samples
 */
export function logMelFrames(sampleCount: number, { fftSize, hop, framing }: FrameLayout): number {
  if (framing === 'plain') return Math.max(0, Math.floor((sampleCount - fftSize) / hop) + 1);
  if (sampleCount > 0 && sampleCount <= fftSize / 2) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `The signal has ${sampleCount} samples; reflecting it at its ends needs more than ${fftSize / 2}. Pad it with zeros.`,
      { details: { name: 'samples', actual: sampleCount, above: fftSize / 2 } },
    );
  }
  return Math.floor(sampleCount / hop);
}

/** The samples under frames `from` to `end`, reflected where they reach over the ends: `(end - from - 1) · hop + fftSize`. */
export function samplesOfFrames(
  samples: Float32Array,
  { fftSize, hop, framing }: FrameLayout,
  from: number,
  end: number,
): Float32Array {
  const first = from * hop - (framing === 'center' ? fftSize / 2 : 0);
  const behind = first + (end - from - 1) * hop + fftSize;
  const count = samples.length;
  if (first >= 0 && behind <= count) return samples.subarray(first, behind);
  const signal = new Float32Array(behind - first);
  const start = Math.max(first, 0);
  signal.set(samples.subarray(start, behind), start - first);
  for (let at = first; at < 0; at++) signal[at - first] = samples[-at];
  for (let at = Math.max(first, count); at < behind; at++) signal[at - first] = samples[2 * (count - 1) - at];
  return signal;
}
