import { requireChoice, requireInteger, requirePositive } from '../../arguments.js';
import { PolytokError } from '../../errors.js';
import { fftRadices } from './fft-radices.js';
import { FRAMINGS, type FrameLayout, type LogMelOptions, MAX_FFT_SIZE } from './log-mel-options.js';
import { type MelFilter, melBank } from './mel-bank.js';
import { MEL_SCALES } from './mel-scale.js';
import { unitRoot } from './portable-math.js';

/** Checked options and the tables that follow from them. */
export interface LogMelLayout extends FrameLayout {
  readonly sampleRate: number;
  readonly bands: number;
  /** `(fftSize)` */
  readonly window: Float64Array;
  /** `(bands)` */
  readonly filters: readonly MelFilter[];
  readonly floor: number;
}

/** @throws PolytokError `INVALID_ARGUMENT`; `UNSUPPORTED` for an `fftSize` with other prime factors */
export function logMelLayout({
  sampleRate,
  windowLength = 400,
  fftSize = windowLength,
  hop = 160,
  bands = 80,
  scale = 'slaney',
  minFrequency = 0,
  maxFrequency = sampleRate / 2,
  floor = 1e-10,
  framing = 'center',
}: LogMelOptions): LogMelLayout {
  requirePositive(sampleRate, 'sampleRate');
  requireInteger(fftSize, 'fftSize', { minimum: 4, maximum: MAX_FFT_SIZE });
  requireInteger(windowLength, 'windowLength', { minimum: 2, maximum: fftSize });
  requireInteger(hop, 'hop', { minimum: 1, maximum: MAX_FFT_SIZE });
  requireFftSize(fftSize);
  requireInteger(bands, 'bands', { minimum: 1, maximum: fftSize / 2 + 1 });
  requireChoice(scale, 'scale', MEL_SCALES);
  requireChoice(framing, 'framing', FRAMINGS);
  requireWithin(maxFrequency, 'maxFrequency', 0, sampleRate / 2);
  requireWithin(minFrequency, 'minFrequency', 0, maxFrequency);
  if (minFrequency === maxFrequency) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `'minFrequency' and 'maxFrequency' are both ${minFrequency} Hz; the filters need a range between them.`,
      { details: { minFrequency, maxFrequency } },
    );
  }
  requireWithin(floor, 'floor', 1e-30, 1e30);
  const filters = melBank({ sampleRate, fftSize, bands, scale, minFrequency, maxFrequency });
  return { sampleRate, fftSize, hop, framing, bands, window: hann(windowLength, fftSize), filters, floor };
}

/** Periodic Hann window of `length` in the middle of `size` zeros. */
function hann(length: number, size: number): Float64Array {
  const window = new Float64Array(size);
  const from = (size - length) >> 1;
  for (let i = 0; i < length; i++) window[from + i] = 0.5 - 0.5 * unitRoot(i, length)[0];
  return window;
}

function requireFftSize(size: number): void {
  if (isFftSize(size)) return;
  let below = size;
  while (!isFftSize(below)) below--;
  let above = size;
  while (!isFftSize(above)) above++;
  throw new PolytokError(
    'UNSUPPORTED',
    `'fftSize' is ${size}; it must be even and have no prime factor above 5. The nearest are ${below} and ${above}: a longer one than the window pads it with zeros.`,
    { details: { name: 'fftSize', value: size, below, above } },
  );
}

function isFftSize(size: number): boolean {
  return size % 2 === 0 && fftRadices(size / 2) !== undefined;
}

function requireWithin(value: number, name: string, minimum: number, maximum: number): void {
  if (value >= minimum && value <= maximum) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `'${name}' must be a number from ${minimum} to ${maximum}; got ${value}.`,
    { details: { name, value, minimum, maximum } },
  );
}
