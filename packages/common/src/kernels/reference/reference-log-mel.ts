import type { EngineLogMel } from '../engine.js';
import type { LogMelLayout } from '../log-mel/log-mel-layout.js';

/** Log-mel levels by the definition of the Fourier transform, in float64. */
export function referenceLogMel({
  fftSize,
  hop,
  bands,
  window,
  filters,
  floor,
}: LogMelLayout): Pick<EngineLogMel, 'transform'> {
  const cosines = Float64Array.from({ length: fftSize }, (_, k) => Math.cos((2 * Math.PI * k) / fftSize));
  const sines = Float64Array.from({ length: fftSize }, (_, k) => Math.sin((2 * Math.PI * k) / fftSize));
  const powers = new Float64Array(fftSize / 2 + 1);
  return {
    transform(signal, out) {
      const frame = new Float64Array(fftSize);
      for (let at = 0, from = 0; at < out.length; from += hop) {
        for (let i = 0; i < fftSize; i++) frame[i] = window[i] * signal[from + i];
        for (let bin = 0; bin < powers.length; bin++) {
          let re = 0;
          let im = 0;
          for (let i = 0, angle = 0; i < fftSize; i++, angle = (angle + bin) % fftSize) {
            re += frame[i] * cosines[angle];
            im -= frame[i] * sines[angle];
          }
          powers[bin] = re * re + im * im;
        }
        for (let band = 0; band < bands; band++) {
          const { firstBin, weights } = filters[band];
          let power = 0;
          for (let j = 0; j < weights.length; j++) power += weights[j] * powers[firstBin + j];
          out[at++] = Math.log10(Math.max(power, floor));
        }
      }
    },
  };
}
