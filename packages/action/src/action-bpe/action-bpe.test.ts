import { conformanceLaws } from '@polytok/common/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BinTokenizer } from '../bins/bin-tokenizer.js';
import { largestDifference } from '../goldens.fixture.js';
import { ActionBpe, fitActionBpe } from './action-bpe.js';

const inner = new BinTokenizer({ variant: 'centered', steps: 8, columns: 2, bins: 32 });
// A joint that moves, and a gripper that stays for long.
const chunk = (n: number) =>
  Float64Array.from({ length: 16 }, (_, i) => (i % 2 ? (n % 20 < 10 ? -1 : 1) : Math.sin((n + i / 2) / 9)));
const chunks = Array.from({ length: 200 }, (_, n) => chunk(n));
const fitted = await fitActionBpe(chunks, { inner, vocabularySize: 200 });
const tokens = (one: Float64Array) => fitted.encodeSync(one).ids;

describe('merged tokens', () => {
  it('are fewer, and lose nothing more', () => {
    for (const one of chunks) {
      expect(tokens(one).length).toBeLessThan(16);
      expect(fitted.decodeSync(fitted.encodeSync(one))).toEqual(inner.decodeSync(inner.encodeSync(one)));
    }
  });

  it('are repaired by what made them', () => {
    const ids = [...tokens(chunks[0])];
    const { actions, ok, issues } = fitted.decodeLenient([...ids.slice(0, -1), 9999]);
    expect(ok).toBe(false);
    expect(issues.map(({ kind }) => kind)).toEqual(['id-out-of-range', 'too-few-tokens']);
    expect(largestDifference(actions.subarray(0, 4), fitted.decodeLenient(ids).actions.subarray(0, 4))).toBe(
      0,
    );
    expect(fitted.decodeLenient(ids).ok).toBe(true);
  });

  it('must not spell more than a chunk', () => {
    const ids = [...tokens(chunks[0]), 0];
    expect(() => fitted.decodeInto(ids, new Float64Array(16))).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: { actual: 17, expected: 16 } }),
    );
  });

  it('are finite and within the range, whatever a model wrote', () => {
    const anything = fc.array(fc.oneof(fc.nat(199), fc.double(), fc.integer()), { maxLength: 30 });
    fc.assert(
      fc.property(anything, (ids) => {
        const { actions } = fitted.decodeLenient(ids);
        expect(actions.every((value) => value >= -1 && value <= 1)).toBe(true);
      }),
    );
  });

  const laws = conformanceLaws({
    tokenizer: () => fitted,
    fromJSON: (config) => ActionBpe.fromJSON(config, BinTokenizer.fromJSON),
    signals: [
      { name: 'a chunk', signal: chunks[0], shape: [8, 2] },
      {
        name: 'one that no merge knows',
        signal: Float64Array.from({ length: 16 }, (_, i) => Math.cos(i * i)),
        shape: [8, 2],
      },
    ],
    distance: largestDifference,
    tolerance: 1 / 32,
    badSignals: [{ name: 'NaN', signal: new Float64Array(16).fill(Number.NaN), code: 'INVALID_ARGUMENT' }],
  });
  it.each(laws)('$name', ({ check }) => check());
});

it('refuses no chunks, a vocabulary below the one within, and merges of nothing', async () => {
  const refusal = (code: string) => expect.objectContaining({ code });
  await expect(fitActionBpe([], { inner, vocabularySize: 200 })).rejects.toThrow(refusal('INVALID_ARGUMENT'));
  await expect(fitActionBpe(chunks, { inner, vocabularySize: 31 })).rejects.toThrow(
    refusal('INVALID_ARGUMENT'),
  );
  expect(() => new ActionBpe({ inner, merges: [[32, 0]] })).toThrow(refusal('INVALID_FORMAT'));
  const config = { ...fitted.toJSON(), merges: [[0, -1]] };
  expect(() => ActionBpe.fromJSON(config, BinTokenizer.fromJSON)).toThrow(refusal('INVALID_FORMAT'));
});
