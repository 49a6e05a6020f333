import { expect, it } from 'vitest';
import { fftRadices } from './fft-radices.js';
import { logMelLayout } from './log-mel-layout.js';

it('defaults to Whisper’s transform', () => {
  const layout = logMelLayout({ sampleRate: 16_000 });
  expect(layout).toMatchObject({ fftSize: 400, hop: 160, bands: 80, framing: 'center', floor: 1e-10 });
  expect(layout.filters.at(-1)?.firstBin).toBe(186);
});

it('makes a periodic Hann window, in the middle of a longer frame', () => {
  expect([...logMelLayout({ sampleRate: 8, windowLength: 4, bands: 1 }).window]).toEqual([0, 0.5, 1, 0.5]);
  expect([...logMelLayout({ sampleRate: 8, windowLength: 4, fftSize: 8, bands: 1 }).window]).toEqual([
    0, 0, 0, 0.5, 1, 0.5, 0, 0,
  ]);
});

it.each([
  [402, 400, 432],
  [401, 400, 432],
  [7, 6, 8],
  [8191, 8100, 8192],
])('refuses a transform of %d samples and names %d and %d', (fftSize, below, above) => {
  expect(() => logMelLayout({ sampleRate: 16_000, windowLength: fftSize })).toThrow(
    expect.objectContaining({
      code: 'UNSUPPORTED',
      details: { name: 'fftSize', value: fftSize, below, above },
    }),
  );
});

it.each([
  [{ sampleRate: 0 }, 'sampleRate'],
  [{ sampleRate: Number.NaN }, 'sampleRate'],
  [{ windowLength: 1, fftSize: 400 }, 'windowLength'],
  [{ windowLength: 401, fftSize: 400 }, 'windowLength'],
  [{ fftSize: 8193 }, 'fftSize'],
  [{ hop: 0 }, 'hop'],
  [{ hop: 8193 }, 'hop'],
  [{ bands: 0 }, 'bands'],
  [{ bands: 202 }, 'bands'],
  [{ scale: 'bark' as 'htk' }, 'scale'],
  [{ framing: 'left' as 'plain' }, 'framing'],
  [{ maxFrequency: 8001 }, 'maxFrequency'],
  [{ minFrequency: -1 }, 'minFrequency'],
  [{ minFrequency: 300, maxFrequency: 200 }, 'minFrequency'],
  [{ floor: 0 }, 'floor'],
  [{ floor: Number.NaN }, 'floor'],
])('refuses %o', (options, name) => {
  expect(() => logMelLayout({ sampleRate: 16_000, ...options })).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT', details: expect.objectContaining({ name }) }),
  );
});

it('refuses an empty range of frequencies', () => {
  expect(() => logMelLayout({ sampleRate: 16_000, minFrequency: 500, maxFrequency: 500 })).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});

it('splits lengths into radices 2 to 5', () => {
  expect(fftRadices(200)).toEqual([2, 4, 5, 5]);
  expect(fftRadices(256)).toEqual([4, 4, 4, 4]);
  expect(fftRadices(1)).toEqual([]);
  expect(fftRadices(7)).toBeUndefined();
});
