import { conformanceLaws } from '@polytok/common/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestDifference } from '../goldens.fixture.js';
import { ChunkFsqTokenizer, fitChunkFsq } from './chunk-fsq-tokenizer.js';

const shape = { steps: 10, columns: 2 };
const chunk = (n: number) =>
  Float64Array.from(
    { length: 20 },
    (_, i) => Math.sin(n / 3 + i / 4) + 0.3 * Math.cos(n * 1.7 + i) + 0.1 * Math.sin((n * n + 1) * (i + 1)),
  );
const chunks = Array.from({ length: 300 }, (_, n) => chunk(n));
const fitted = await fitChunkFsq(chunks, { ...shape, levels: [8, 8], tokens: 4 });

const squares = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, at) => sum + (value - b[at]) ** 2, 0);

describe('fitted to chunks', () => {
  it('has the vocabulary of its levels', () => {
    expect(fitted.vocabulary.codebookSizes).toEqual([64]);
    expect(fitted.encodeSync(chunks[0]).length).toBe(4);
  });

  it('says the most with its first tokens', () => {
    const errors = [0, 1, 2, 4].map((kept) =>
      chunks.reduce((sum, one) => {
        const ids = fitted.encodeSync(one).ids.subarray(0, kept);
        return sum + squares(fitted.decodeLenient(ids).actions, one);
      }, 0),
    );
    expect(errors[1]).toBeLessThan(errors[0] / 2);
    expect(errors[2]).toBeLessThan(errors[1]);
    expect(errors[3]).toBeLessThan(errors[2]);
  });

  it('is off by half a level of each component, and what it leaves out', async () => {
    // 20 components are all there are.
    const whole = await fitChunkFsq(chunks, { ...shape, levels: [201, 201], tokens: 10 });
    const bound = Math.sqrt(whole.options.reach.reduce((sum, reach) => sum + (reach / 200) ** 2, 0));
    for (const one of chunks) {
      const back = whole.decodeSync(whole.encodeSync(one));
      expect(Math.sqrt(squares(back, one))).toBeLessThan(1.01 * bound + 1e-5);
    }
  });

  it('takes no more tokens than chunks vary in', async () => {
    const { options } = await fitChunkFsq(chunks.slice(0, 6), { ...shape, levels: [8, 8] });
    expect(options.tokens).toBe(2);
  });

  it('is finite and within the range of the chunks, whatever a model wrote', () => {
    const anything = fc.array(fc.oneof(fc.nat(63), fc.double(), fc.integer()), { maxLength: 6 });
    const { low, high } = fitted.options;
    fc.assert(
      fc.property(anything, (ids) => {
        const { actions } = fitted.decodeLenient(ids);
        expect(actions.every((value, at) => value >= low[at % 2] && value <= high[at % 2])).toBe(true);
      }),
    );
  });

  const laws = conformanceLaws({
    tokenizer: () => fitted,
    fromJSON: ChunkFsqTokenizer.fromJSON,
    signals: [
      { name: 'a chunk', signal: chunks[3], shape: [10, 2] },
      { name: 'far outside', signal: new Float64Array(20).fill(1), shape: [10, 2] },
    ],
    distance: largestDifference,
    tolerance: 1.5,
    badSignals: [{ name: 'NaN', signal: new Float64Array(20).fill(Number.NaN), code: 'INVALID_ARGUMENT' }],
  });
  it.each(laws)('$name', ({ check }) => check());
});

it.each([
  ['no chunks', [], {}],
  ['chunks that are all equal', [chunks[0], chunks[0]], {}],
  ['more tokens than chunks vary in', chunks.slice(0, 3), { tokens: 8 }],
  ['a single level', chunks, { levels: [1] }],
  ['another shape', [new Float64Array(5)], {}],
])('refuses %s', async (_, bad, options) => {
  await expect(fitChunkFsq(bad, { ...shape, ...options })).rejects.toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});
