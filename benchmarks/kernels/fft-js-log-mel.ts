import FFT from 'fft.js';
import type { MelFilter } from '../../packages/common/src/kernels/log-mel/mel-bank.js';

export interface FftJsOptions {
  /** A power of two. */
  readonly fftSize: number;
  readonly window: Float64Array;
  readonly hop: number;
  readonly filters: readonly MelFilter[];
  readonly floor: number;
}

/** Log-mel levels as one would write them on fft.js: everything allocated once, the filters sparse. */
export function fftJsLogMel({ fftSize, window, hop, filters, floor }: FftJsOptions) {
  const fft = new FFT(fftSize);
  const spectrum = fft.createComplexArray();
  const frame: number[] = new Array(fftSize).fill(0);
  const power = new Float64Array(fftSize / 2 + 1);
  const bank = filters.map(({ firstBin, weights }) => ({ firstBin, weights: Float64Array.from(weights) }));
  return (samples: Float32Array, out: Float32Array): void => {
    for (let at = 0, from = 0; at < out.length; from += hop) {
      for (let i = 0; i < fftSize; i++) frame[i] = window[i] * samples[from + i];
      fft.realTransform(spectrum, frame);
      for (let k = 0; k < power.length; k++) power[k] = spectrum[2 * k] ** 2 + spectrum[2 * k + 1] ** 2;
      for (let band = 0; band < bank.length; band++) {
        const { firstBin, weights } = bank[band];
        let sum = 0;
        for (let j = 0; j < weights.length; j++) sum += weights[j] * power[firstBin + j];
        out[at++] = Math.log10(Math.max(sum, floor));
      }
    }
  };
}
