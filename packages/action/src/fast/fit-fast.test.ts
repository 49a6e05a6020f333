import { describe, expect, it } from 'vitest';
import { FastFitter, fitFast } from './fit-fast.js';

const shape = { steps: 10, columns: 2 };
const chunk = (n: number, height = 1) =>
  Float64Array.from({ length: 20 }, (_, i) => height * Math.sin(n + i / 5));

describe('fitFast', () => {
  it('spends merges on what repeats', async () => {
    const small = await fitFast(
      Array.from({ length: 50 }, (_, n) => chunk(n / 8)),
      { ...shape, vocabularySize: 80 },
    );
    const large = await fitFast(
      Array.from({ length: 50 }, (_, n) => chunk(n / 8)),
      { ...shape, vocabularySize: 400 },
    );
    expect(large.encodeSync(chunk(1)).length).toBeLessThan(small.encodeSync(chunk(1)).length);
  });

  it('leaves room for coefficients to come', async () => {
    const tight = await fitFast([chunk(0)], shape);
    const wide = await fitFast([chunk(0)], { ...shape, margin: 5 });
    expect(wide.options.minToken).toBe(tight.options.minToken - 5);
    expect(wide.coder.codes).toBe(tight.coder.codes + 10);
  });

  it.each([
    ['no chunks', [], {}],
    ['NaN', [new Float64Array(20).fill(Number.NaN)], {}],
    ['another shape', [new Float64Array(18)], {}],
    ['actions that were not normalised', [chunk(0, 1000)], {}],
    ['scale 0', [chunk(0)], { scale: 0 }],
    ['no vocabulary', [chunk(0)], { vocabularySize: 1 }],
  ])('refuses %s', async (_, chunks, options) => {
    await expect(async () => fitFast(chunks, { ...shape, ...options })).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort();
    await expect(fitFast([chunk(0)], { ...shape, signal })).rejects.toThrow(
      expect.objectContaining({ code: 'ABORTED' }),
    );
  });
});

it('suggests the scale at which rounding costs a tolerance', async () => {
  const tolerance = 0.004;
  const scale = FastFitter.suggestScale(tolerance);
  const chunks = Array.from({ length: 200 }, (_, n) => chunk(n * 1.7));
  const tokenizer = await fitFast(chunks, { ...shape, scale, vocabularySize: 2000 });
  let squares = 0;
  for (const original of chunks) {
    const back = tokenizer.decodeSync(tokenizer.encodeSync(original));
    for (const [at, value] of back.entries()) squares += (value - original[at]) ** 2;
  }
  const error = Math.sqrt(squares / (200 * 20));
  expect(error).toBeGreaterThan(0.7 * tolerance);
  expect(error).toBeLessThan(1.3 * tolerance);
});
