import { exp, ln } from './portable-math.js';

/**
 * Mel scale and height of the filters, under the names of their sources.
 *   - `slaney`: linear below 1 kHz and logarithmic above (Slaney's Auditory Toolbox, 1998), filters of equal area in Hz,
 *     as librosa and Whisper have by default.
 *   - `htk`: 2595 log10(1 + f / 700), filters with peak 1, as torchaudio has by default.
 */
export type MelScale = 'slaney' | 'htk';

export const MEL_SCALES: readonly MelScale[] = ['slaney', 'htk'];

/** Hz in a mel of Slaney's scale below the break, and the break itself in Hz and mel. */
const LINEAR_HZ = 200 / 3;
const BREAK_HZ = 1000;
const BREAK_MEL = 15;
/** Natural logarithm of the frequency ratio of one mel above the break: 27 of them make a factor of 6.4. */
const LOG_STEP = ln(6.4) / 27;
/** Mel of HTK's scale in a unit of ln(1 + f / 700). */
const HTK_MEL = 2595 / ln(10);

/** Mel of a frequency in Hz. */
export function melOf(hz: number, scale: MelScale): number {
  if (scale === 'htk') return HTK_MEL * ln(1 + hz / 700);
  return hz < BREAK_HZ ? hz / LINEAR_HZ : BREAK_MEL + ln(hz / BREAK_HZ) / LOG_STEP;
}

/** Frequency in Hz of a mel. */
export function hzOf(mel: number, scale: MelScale): number {
  if (scale === 'htk') return 700 * (exp(mel / HTK_MEL) - 1);
  return mel < BREAK_MEL ? mel * LINEAR_HZ : BREAK_HZ * exp((mel - BREAK_MEL) * LOG_STEP);
}
