import type { Operand } from '../contract.js';
import type { MelScale } from './mel-scale.js';

/**
 * How samples become log-mel levels. The defaults are Whisper's for 16 kHz (openai/whisper, audio.py), up to its
 * last step, which looks at a whole clip: `whisperScale`.
 */
export interface LogMelOptions {
  /** Hz, of the samples. */
  readonly sampleRate: number;
  /** Samples of the periodic Hann window, 2 to `fftSize`. Default: 400. */
  readonly windowLength?: number;
  /**
   * Samples of a frame and of its Fourier transform; the window lies in the middle of them. Even, with no prime factor
   * above 5, 4 to {@link MAX_FFT_SIZE}. Default: `windowLength`.
   */
  readonly fftSize?: number;
  /** Samples from one frame to the next, 1 to {@link MAX_FFT_SIZE}. Default: 160. */
  readonly hop?: number;
  /** Mel filters, 1 to `fftSize / 2 + 1`; one that falls between two bins is at the floor always. Default: 80. */
  readonly bands?: number;
  /** Mel scale and height of its filters. Default: `slaney`. */
  readonly scale?: MelScale;
  /** Hz, where the lowest filter begins. Default: 0. */
  readonly minFrequency?: number;
  /** Hz, where the highest filter ends, at most half the sample rate. Default: half the sample rate. */
  readonly maxFrequency?: number;
  /** Least power of a band before the logarithm, 1e-30 to 1e30. Default: 1e-10. */
  readonly floor?: number;
  /** Where the frames lie. Default: `center`. */
  readonly framing?: Framing;
}

/**
 * With n samples:
 *   - `center`: frame i is centred on sample `i · hop`, the signal is reflected at its ends (the end samples are not
 *     repeated), and there are `floor(n / hop)` frames, as Whisper has them: the last one of `torch.stft` is left out.
 *     The reflection needs more than `fftSize / 2` samples.
 *   - `plain`: frame i begins at sample `i · hop`; only whole frames count. The frames of a signal are those of its parts,
 *     where each part begins at a multiple of `hop` and goes on for `fftSize - hop` samples into the next.
 */
export type Framing = 'center' | 'plain';

export const FRAMINGS: readonly Framing[] = ['center', 'plain'];

/** Largest transform, and largest hop: 0.5 s at 16 kHz. Power of values within `MAX_MAGNITUDE` stays inside float32. */
export const MAX_FFT_SIZE = 8192;

/** Where frames lie in a signal. */
export interface FrameLayout {
  readonly fftSize: number;
  readonly hop: number;
  readonly framing: Framing;
}

/** Log-mel options with their tables, prepared. */
export interface LogMel extends Operand, FrameLayout {
  /** Hz. */
  readonly sampleRate: number;
  readonly bands: number;
}
