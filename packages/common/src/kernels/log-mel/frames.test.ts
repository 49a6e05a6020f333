import { expect, it } from 'vitest';
import { logMelFrames, samplesOfFrames } from './frames.js';

const WHISPER = { fftSize: 400, hop: 160, framing: 'center' } as const;
const PLAIN = { fftSize: 400, hop: 160, framing: 'plain' } as const;

it('counts a centred frame for every whole hop, as Whisper does', () => {
  expect([0, 201, 319, 320, 16_000, 480_000].map((count) => logMelFrames(count, WHISPER))).toEqual([
    0, 1, 1, 2, 100, 3000,
  ]);
});

it('counts plain frames that are whole', () => {
  expect([0, 399, 400, 559, 560, 16_000].map((count) => logMelFrames(count, PLAIN))).toEqual([
    0, 0, 1, 1, 2, 98,
  ]);
});

it.each([1, 159, 200])('refuses to reflect %d samples by 200', (count) => {
  expect(() => logMelFrames(count, WHISPER)).toThrow(
    expect.objectContaining({
      code: 'INVALID_ARGUMENT',
      details: { name: 'samples', actual: count, above: 200 },
    }),
  );
});

it('reflects the signal at its ends without repeating the end samples', () => {
  const samples = Float32Array.of(10, 11, 12, 13, 14);
  const layout = { fftSize: 8, hop: 1, framing: 'center' } as const;
  expect([...samplesOfFrames(samples, layout, 0, 1)]).toEqual([14, 13, 12, 11, 10, 11, 12, 13]);
  // Frames 3 and 4: samples -1 to 7 of 0 to 4.
  expect([...samplesOfFrames(samples, layout, 3, 5)]).toEqual([11, 10, 11, 12, 13, 14, 13, 12, 11]);
});

it('does not copy samples that need no reflection', () => {
  const samples = Float32Array.from({ length: 40 }, (_, at) => at);
  const layout = { fftSize: 8, hop: 4, framing: 'plain' } as const;
  const signal = samplesOfFrames(samples, layout, 2, 4);
  expect([...signal]).toEqual([8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  expect(signal.buffer).toBe(samples.buffer);
});
