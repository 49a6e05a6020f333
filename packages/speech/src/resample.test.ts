import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MAX_RESAMPLED_RATE, resample } from './resample.js';

interface GoldenCase {
  readonly source: number;
  readonly target: number;
  readonly length: number;
  readonly seed: number;
  readonly expected: readonly number[];
}

const { cases } = JSON.parse(readFileSync(new URL('../goldens/resample.json', import.meta.url), 'utf8')) as {
  cases: readonly GoldenCase[];
};

function noise(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
}

function tone(hertz: number, sampleRate: number, seconds: number): Float32Array {
  return Float32Array.from({ length: seconds * sampleRate }, (_, i) =>
    Math.sin((2 * Math.PI * hertz * i) / sampleRate),
  );
}

/** Largest magnitude away from the ends, where silence meets the sound. */
const peakInside = (samples: Float32Array) => Math.max(...samples.slice(100, -100).map(Math.abs));

it.each(cases)(
  'gives the golden samples from $source to $target',
  ({ source, target, length, seed, expected }) => {
    const { samples, sampleRate } = resample({ samples: noise(length, seed), sampleRate: source }, target);
    expect(sampleRate).toBe(target);
    expect(samples.length).toBe(expected.length);
    for (const [i, value] of expected.entries()) expect(samples[i]).toBeCloseTo(value, 6);
  },
);

describe('a tone', () => {
  it('stays the same tone', () => {
    const { samples } = resample({ samples: tone(1000, 44_100, 1), sampleRate: 44_100 }, 16_000);
    const expected = tone(1000, 16_000, 1);
    expect(samples.length).toBe(expected.length);
    const worst = Math.max(
      ...samples.slice(100, -100).map((value, i) => Math.abs(value - expected[i + 100])),
    );
    expect(worst).toBeLessThan(2e-3);
  });

  it('too high for the new rate is damped, not folded back', () => {
    expect(
      peakInside(resample({ samples: tone(12_000, 48_000, 1), sampleRate: 48_000 }, 16_000).samples),
    ).toBeLessThan(2e-3);
  });
});

it('leaves a sound of that rate as it is', () => {
  const audio = { samples: Float32Array.of(1, 2), sampleRate: 16_000 };
  expect(resample(audio, 16_000)).toBe(audio);
});

it.each([0, 1, 2, 7, 441])('makes ceil(n · 160 / 441) of %i samples', (length) => {
  const { samples } = resample({ samples: new Float32Array(length), sampleRate: 44_100 }, 16_000);
  expect(samples.length).toBe(Math.ceil((length * 160) / 441));
});

it.each([0, 1.5, Number.NaN, MAX_RESAMPLED_RATE + 1])('refuses a rate of %d', (rate) => {
  const refusal = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
  expect(() => resample({ samples: new Float32Array(1), sampleRate: 16_000 }, rate)).toThrow(refusal);
  expect(() => resample({ samples: new Float32Array(1), sampleRate: rate }, 16_000)).toThrow(refusal);
});
