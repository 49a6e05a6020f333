import { hzOf, type MelScale, melOf } from './mel-scale.js';

export interface MelBankOptions {
  /** Hz. */
  readonly sampleRate: number;
  /** Samples in a Fourier transform; bin k lies at `k · sampleRate / fftSize`. */
  readonly fftSize: number;
  readonly bands: number;
  readonly scale: MelScale;
  /** Hz, where the lowest filter begins. */
  readonly minFrequency: number;
  /** Hz, where the highest filter ends. */
  readonly maxFrequency: number;
}

/** One filter: the weights of neighbouring bins, none where it falls between two bins. */
export interface MelFilter {
  readonly firstBin: number;
  readonly weights: readonly number[];
}

/**
 * Overlapping triangles whose corners are equally spaced in mel: filter i rises from corner i to i + 1 and falls to
 * i + 2, along straight lines in Hz.
 */
export function melBank({
  sampleRate,
  fftSize,
  bands,
  scale,
  minFrequency,
  maxFrequency,
}: MelBankOptions): MelFilter[] {
  const lowest = melOf(minFrequency, scale);
  const step = (melOf(maxFrequency, scale) - lowest) / (bands + 1);
  const corners = Array.from({ length: bands + 2 }, (_, i) => hzOf(lowest + i * step, scale));
  const binHz = sampleRate / fftSize;
  return Array.from({ length: bands }, (_, band) => {
    const [from, peak, to] = corners.slice(band, band + 3);
    const height = scale === 'slaney' ? 2 / (to - from) : 1;
    const firstBin = Math.floor(from / binHz) + 1;
    const weights: number[] = [];
    for (let bin = firstBin; bin <= fftSize / 2 && bin * binHz < to; bin++) {
      const hz = bin * binHz;
      weights.push(height * Math.min((hz - from) / (peak - from), (to - hz) / (to - peak)));
    }
    return { firstBin, weights };
  });
}
