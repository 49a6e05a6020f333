import { readFileSync } from 'node:fs';
import { createWasmKernels } from '@polytok/common/kernels';
import { describe, expect, it } from 'vitest';
import { LogMelFrames } from './log-mel-frames.js';
import { parseStableConfig } from './stable-config.js';

const golden = JSON.parse(
  readFileSync(new URL('../../goldens/speech.json', import.meta.url), 'utf8'),
).log_mel_sine;
const TOLERANCE: number = golden.tolerance.float32;

/** Two sines, one second. */
const sine = Float32Array.from(
  { length: 16_000 },
  (_, n) =>
    0.5 * Math.sin((2 * Math.PI * 440 * n) / 16_000) + 0.25 * Math.sin((2 * Math.PI * 1000 * n) / 16_000),
);

function framesOf(bands: number): LogMelFrames {
  const sizes = { d_model: 16, encoder_layers: 2, encoder_attention_heads: 2, encoder_ffn_dim: 16 };
  const quantizer = {
    quantize_position: 2,
    pooling_kernel_size: 2,
    pooling_position: 2,
    quantize_vocab_size: 8,
  };
  return new LogMelFrames(
    createWasmKernels(),
    parseStableConfig({ ...sizes, ...quantizer, num_mel_bins: bands }, {}),
  );
}

describe.each([80, 128])('%i bands', (bands) => {
  const of = (samples: Float32Array) => framesOf(bands).of([samples]);

  it('have the golden values of a second of two sines', () => {
    const { data, frames } = of(sine);
    const { shape, mean, max, entries } = golden[`mel${bands}`];
    expect([bands, frames]).toEqual(shape);
    for (const { mel, frame, value } of entries)
      expect(Math.abs(data[frame * bands + mel] - value)).toBeLessThan(TOLERANCE);
    expect(Math.max(...data)).toBeCloseTo(max, 5);
    expect(data.reduce((sum, level) => sum + level, 0) / data.length).toBeCloseTo(mean, 5);
  });

  it('have those of the same sound with silence behind it', () => {
    const long = new Float32Array(480_000);
    long.set(sine);
    const { data, frames } = of(long);
    const { shape, entries } = golden.padded_to_30s[`mel${bands}`];
    expect([bands, frames]).toEqual(shape);
    for (const { mel, frame, value } of entries)
      expect(Math.abs(data[frame * bands + mel] - value)).toBeLessThan(TOLERANCE);
  });
});

it('fills every window up with zeros to whole tokens, and scales it by itself', () => {
  const frames = framesOf(80);
  const quiet = sine.slice(0, 650).map((sample) => sample / 1000);
  const both = frames.of([sine.slice(0, 650), quiet]);
  expect(both.frames).toBe(8);
  const padded = new Float32Array(1280);
  padded.set(quiet);
  expect(both.data.slice(8 * 80)).toEqual(frames.of([padded]).data);
});
