import { conformanceLaws } from '@polytok/common/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldens, largestDifference } from '../goldens.fixture.js';
import { LlmIds } from '../llm-ids.js';
import { BIN_VARIANTS, BinTokenizer } from './bin-tokenizer.js';

describe('OpenVLA', () => {
  const { values, ids, decoded, vocab_size } = goldens.openvla_bins;
  const bins = new BinTokenizer({ variant: 'openvla', columns: values.length });
  const llm = new LlmIds({ convention: 'openvla', llmVocabularySize: vocab_size, size: 256 });

  it('gives the golden ids and actions', () => {
    const tokens = bins.encodeSync(Float64Array.from(values));
    expect([...llm.toLlm(tokens.ids)]).toEqual(ids);
    expect(largestDifference(bins.decodeSync(tokens), decoded)).toBeLessThan(1e-11);
  });
});

describe('openpi', () => {
  const golden = goldens.openpi_bins;

  it('decodes to the golden actions, the lower edges', () => {
    const bins = new BinTokenizer({ variant: 'openpi', columns: golden.action_tokens.length });
    const chunk = new Float64Array(golden.actions.length);
    bins.decodeInto(golden.action_tokens, chunk);
    expect(largestDifference(chunk, golden.actions)).toBeLessThan(1e-11);
  });

  it('puts the golden states into their bins; what is below −1 is in the first', () => {
    const bins = new BinTokenizer({ variant: 'openpi', columns: golden.state.length });
    const tokens = bins.encodeSync(Float64Array.from(golden.state));
    expect([...tokens.ids]).toEqual(golden.state_bins.map((bin) => Math.max(bin, 0)));
  });
});

describe.each(BIN_VARIANTS)('%s', (variant) => {
  const low = [-1, 0, 5];
  const high = [1, 10, 5];
  const bins = new BinTokenizer({ variant, steps: 4, columns: 3, bins: 64, low, high });
  const inside = fc.array(
    fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: 0, max: 10, noNaN: true })),
    {
      minLength: 4,
      maxLength: 4,
    },
  );

  it('tells its range, and the share of a chunk outside', () => {
    expect(bins.range).toMatchObject({ low, high });
    expect(bins.clippedShare(Float64Array.of(1, 10, 5, -1, 0, 5, 1.1, 5, 5, 0, -0.1, 5.1))).toBe(0.25);
  });

  it('is off by a bin at most, by half a bin where it is centred, and keeps constants', () => {
    const share = variant === 'centered' ? 0.5 : 1;
    fc.assert(
      fc.property(inside, (rows) => {
        const chunk = Float64Array.from(rows.flatMap(([a, b]) => [a, b, 5]));
        const back = bins.decodeSync(bins.encodeSync(chunk));
        for (const [at, value] of back.entries()) {
          const width = (high[at % 3] - low[at % 3]) / 63;
          expect(Math.abs(value - chunk[at])).toBeLessThanOrEqual(share * width + 1e-12);
        }
      }),
    );
  });

  it('is finite and within the range, whatever a model wrote', () => {
    const anything = fc.array(fc.oneof(fc.nat(63), fc.double(), fc.integer()), { maxLength: 20 });
    fc.assert(
      fc.property(anything, (ids) => {
        const { actions, ok } = bins.decodeLenient(ids);
        expect(actions.every((value, at) => value >= low[at % 3] && value <= high[at % 3])).toBe(true);
        expect(ok).toBe(ids.length === 12 && ids.every((id) => Number.isInteger(id) && id >= 0 && id < 64));
      }),
    );
  });

  const chunk = Float64Array.from({ length: 12 }, (_, i) => [Math.sin(i), 5 + Math.cos(i), 5][i % 3]);
  const laws = conformanceLaws({
    tokenizer: () => bins,
    fromJSON: BinTokenizer.fromJSON,
    signals: [
      { name: 'a chunk', signal: chunk, shape: [4, 3] },
      { name: 'the lowest', signal: Float64Array.from({ length: 12 }, (_, i) => low[i % 3]), shape: [4, 3] },
      {
        name: 'the highest',
        signal: Float64Array.from({ length: 12 }, (_, i) => high[i % 3]),
        shape: [4, 3],
      },
    ],
    distance: largestDifference,
    tolerance: 10 / 63,
    badSignals: [
      {
        name: 'an infinity',
        signal: chunk.map((value, at) => (at === 5 ? Infinity : value)),
        code: 'INVALID_ARGUMENT',
      },
      { name: 'another shape', signal: new Float64Array(11), code: 'INVALID_ARGUMENT' },
    ],
  });
  it.each(laws)('$name', ({ check }) => check());
});

it.each([
  { bins: 2 },
  { columns: 0 },
  { steps: 0 },
  { variant: 'rt-2' as 'openvla' },
  { low: [0] },
  { low: [0, 0], high: [1, -1] },
  { low: [0, Number.NaN] },
])('refuses %j', (bad) => {
  expect(() => new BinTokenizer({ variant: 'centered', columns: 2, ...bad })).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});
