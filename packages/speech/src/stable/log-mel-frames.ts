import { type Kernels, type LogMel, logMelFrames, whisperScale } from '@polytok/common/kernels';
import type { StableConfig } from './stable-config.js';
import { tokenHop } from './stable-config.js';

/** Whisper's log-mel frames of windows: each filled up with zeros to whole tokens, and scaled by its own maximum. */
export class LogMelFrames {
  readonly #kernels: Kernels;
  readonly #logMel: LogMel;
  readonly #config: StableConfig;

  constructor(kernels: Kernels, config: StableConfig) {
    const { sampleRate, fftSize, hop, bands } = config;
    this.#kernels = kernels;
    this.#logMel = kernels.prepareLogMel({ sampleRate, windowLength: fftSize, hop, bands });
    this.#config = config;
  }

  /**
   * @param windows samples, of as many tokens each, at least one
   * @returns `(windows, frames, bands)`, and the number of frames
   */
  of(windows: readonly Float32Array[]): { readonly data: Float32Array; readonly frames: number } {
    const { bands } = this.#config;
    const hop = tokenHop(this.#config);
    const length = hop * Math.ceil(windows[0].length / hop);
    const frames = logMelFrames(length, this.#logMel);
    const data = new Float32Array(windows.length * frames * bands);
    const padded = new Float32Array(length);
    for (const [at, samples] of windows.entries()) {
      padded.fill(0);
      padded.set(samples);
      const levels = data.subarray(at * frames * bands, (at + 1) * frames * bands);
      this.#kernels.logMel(this.#logMel, padded, levels);
      whisperScale(levels);
    }
    return { data, frames };
  }

  dispose(): void {
    this.#logMel.dispose();
  }
}
