import type { Steps } from '../../steps.js';
import type { Engine, EngineMatrix } from '../engine.js';
import type { LogMelLayout } from './log-mel-layout.js';
import { unitRoot } from './portable-math.js';

/**
 * Log-mel levels by matrix products, for engines without a transform of their own: frames times windowed cosines and
 * sines are their spectra, powers times the mel filters are the bands. It does more work than an FFT, all of it in what
 * every engine has.
 */
export class LogMelByMatrix {
  readonly #layout: LogMelLayout;
  readonly #bins: number;
  readonly #fourier: EngineMatrix;
  readonly #mel: EngineMatrix;

  constructor(engine: Engine, layout: LogMelLayout) {
    const { fftSize, bands } = layout;
    this.#layout = layout;
    this.#bins = fftSize / 2 + 1;
    this.#fourier = load(engine, fourierMatrix(layout), fftSize, 2 * this.#bins);
    this.#mel = load(engine, melMatrix(layout), this.#bins, bands);
  }

  /** @see EngineLogMel */
  *transform(signal: Float32Array, out: Float32Array): Steps {
    const { fftSize, hop, bands, floor } = this.#layout;
    const count = out.length / bands;
    const frames = new Float32Array(count * fftSize);
    for (let i = 0; i < count; i++) frames.set(signal.subarray(i * hop, i * hop + fftSize), i * fftSize);
    const spectra = new Float32Array(count * 2 * this.#bins);
    yield this.#fourier.multiply(frames, spectra);
    const powers = new Float32Array(count * this.#bins);
    for (let at = 0; at < powers.length; at++) powers[at] = spectra[2 * at] ** 2 + spectra[2 * at + 1] ** 2;
    yield this.#mel.multiply(powers, out);
    for (let at = 0; at < out.length; at++) out[at] = Math.log10(Math.max(out[at], floor));
  }

  free(): void {
    this.#fourier.free();
    this.#mel.free();
  }
}

function load(engine: Engine, values: Float32Array, inner: number, columns: number): EngineMatrix {
  return engine.loadMatrix(values, { inner, columns, transposed: false, bias: new Float32Array(columns) });
}

/** `(fftSize, 2 · bins)`: real and imaginary part of each bin side by side. */
export function fourierMatrix({ fftSize, window }: LogMelLayout): Float32Array {
  const columns = fftSize + 2;
  const roots = Array.from({ length: fftSize }, (_, k) => unitRoot(k, fftSize));
  const values = new Float32Array(fftSize * columns);
  for (let row = 0; row < fftSize; row++) {
    for (let column = 0; column < columns; column++) {
      const [cosine, sine] = roots[(row * (column >> 1)) % fftSize];
      values[row * columns + column] = window[row] * (column % 2 === 0 ? cosine : -sine);
    }
  }
  return values;
}

/** `(bins, bands)` */
export function melMatrix({ fftSize, bands, filters }: LogMelLayout): Float32Array {
  const values = new Float32Array((fftSize / 2 + 1) * bands);
  filters.forEach(({ firstBin, weights }, band) => {
    weights.forEach((weight, at) => {
      values[(firstBin + at) * bands + band] = weight;
    });
  });
  return values;
}
