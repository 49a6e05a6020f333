import { createTokenSequence } from '@polytok/common';
import { conformanceLaws } from '@polytok/common/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flat, goldens, largestDifference } from '../goldens.fixture.js';
import { ByteLevelCoder } from './byte-level-coder.js';
import { Dct } from './dct.js';
import { FastTokenizer } from './fast-tokenizer.js';
import { fitFast } from './fit-fast.js';

const { fast_dct: golden, fast_bpe_own_fit: own, 'fast_bpe_offset_-354': offset } = goldens;
const shape = { steps: golden.T, columns: golden.D, scale: golden.scale };

const coderOf = ({ vocab_in_id_order: tokens, merges }: typeof own | typeof offset) =>
  new ByteLevelCoder({ tokens, merges });
const ownFit = new FastTokenizer({ ...shape, minToken: own.min_token, coder: coderOf(own) });
const plus = new FastTokenizer({ ...shape, minToken: -354, coder: coderOf(offset) });

/** The chunk of which these are the coefficients. */
function chunkOf(coefficients: readonly number[]): Float64Array {
  const dct = new Dct(shape.steps, shape.columns);
  dct.coefficients.set(coefficients.map((coefficient) => coefficient / shape.scale));
  dct.inverse();
  return dct.chunk;
}

const sequence = (tokenizer: FastTokenizer, ids: readonly number[]) =>
  createTokenSequence({
    vocabulary: tokenizer.vocabulary,
    ids,
    alignment: { kind: 'whole', length: tokenizer.steps },
  });

describe('ids of the published processor', () => {
  it('are given by a vocabulary that it fitted', () => {
    for (const [at, row] of own.training_coefficients.entries()) {
      expect([...ownFit.encodeSync(chunkOf(row)).ids]).toEqual(own.encoded_ids[at]);
    }
    expect([...ownFit.encodeSync(flat(golden.input)).ids]).toEqual(own.chunk_of_fast_dct.ids);
  });

  it('are given at the offset of FAST+', () => {
    expect([...plus.encodeSync(flat(golden.input)).ids]).toEqual(offset.ids_of_fast_dct_chunk);
  });

  it('decode to the golden chunk', () => {
    for (const [tokenizer, ids] of [
      [ownFit, own.chunk_of_fast_dct.ids],
      [plus, offset.ids_of_fast_dct_chunk],
    ] as const) {
      const chunk = tokenizer.decodeSync(sequence(tokenizer, ids));
      expect(largestDifference(chunk, golden.decoded.flat())).toBeLessThan(1e-9);
    }
  });

  it('lose what the vocabulary lacks when that is wanted, and only then', () => {
    const { coefficients, official_ids } = own.out_of_range_chunk;
    const published = new FastTokenizer({ ...ownFit.options, coder: ownFit.coder, outside: 'published' });
    expect([...published.encodeSync(chunkOf(coefficients)).ids]).toEqual(official_ids);
    expect(() => published.decodeSync(sequence(published, official_ids))).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: { actual: 17, expected: 20 } }),
    );

    const clamped = ownFit.decodeSync(ownFit.encodeSync(chunkOf(coefficients)));
    const expected = coefficients.map((coefficient) => Math.min(Math.max(coefficient, -15), 15));
    expect(largestDifference(clamped, chunkOf(expected))).toBeLessThan(1e-9);

    const strict = new FastTokenizer({ ...ownFit.options, coder: ownFit.coder, outside: 'throw' });
    expect(() => strict.encodeSync(chunkOf(coefficients))).toThrow(
      expect.objectContaining({ details: { frequency: 2, column: 0, coefficient: 19 } }),
    );
  });
});

describe('the clipped share', () => {
  it('is that of the coefficients beyond the vocabulary', () => {
    expect(ownFit.clippedShare(chunkOf(own.out_of_range_chunk.coefficients))).toBe(4 / 20);
    expect(ownFit.clippedShare(flat(golden.input))).toBe(0);
  });

  it('is the same where they are lost instead', () => {
    const published = new FastTokenizer({ ...ownFit.options, coder: ownFit.coder, outside: 'published' });
    expect(published.clippedShare(chunkOf(own.out_of_range_chunk.coefficients))).toBe(4 / 20);
  });
});

describe('what a model wrote', () => {
  const { ids } = own.chunk_of_fast_dct;

  it('is decoded as ever when it is right', () => {
    const { actions, ok } = ownFit.decodeLenient(ids);
    expect(ok).toBe(true);
    expect(largestDifference(actions, golden.decoded.flat())).toBeLessThan(1e-9);
  });

  it('may spell broken text', () => {
    expect(() => plus.decodeInto(offset.malformed.ids, new Float64Array(20))).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
    const { actions, issues } = plus.decodeLenient(offset.malformed.ids);
    expect(issues.map(({ kind }) => kind)).toEqual(['too-few-tokens', 'not-a-code']);
    expect(actions).toEqual(new Float64Array(20));
  });

  it('keeps the low frequencies when it is cut short', () => {
    const { actions, ok, issues } = ownFit.decodeLenient(ids.slice(0, 11));
    expect(ok).toBe(false);
    expect(issues).toMatchObject([{ kind: 'too-few-tokens', at: 11, count: 9 }]);
    const expected = golden.rounded_flat.map((coefficient, at) => (at < 11 ? coefficient : 0));
    expect(largestDifference(actions, chunkOf(expected))).toBeLessThan(1e-9);
  });

  it('is known frequency by frequency', () => {
    const { actions, frequencies } = ownFit.decodePrefix(ids.slice(0, 5));
    expect(frequencies).toBe(2);
    const expected = golden.rounded_flat.map((coefficient, at) => (at < 4 ? coefficient : 0));
    expect(largestDifference(actions, chunkOf(expected))).toBeLessThan(1e-9);
  });

  it('is finite and within the fitted range, whatever it is', async () => {
    const chunks = own.training_coefficients.map(chunkOf);
    const fitted = await fitFast(chunks, { ...shape, vocabularySize: 64 });
    const { low, high } = fitted.options;
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat(63), fc.double(), fc.integer()), { maxLength: 40 }), (any) => {
        const { actions } = fitted.decodeLenient(any);
        expect(actions.every((value, at) => value >= low![at % 2] && value <= high![at % 2])).toBe(true);
        expect(fitted.decodePrefix(any).actions.every(Number.isFinite)).toBe(true);
      }),
    );
  });
});

describe.each(['integer', 'bytelevel'] as const)('fitted, %s', async (mode) => {
  const chunks = own.training_coefficients.map(chunkOf);
  const fitted = await fitFast(chunks, { ...shape, mode, vocabularySize: 100 });

  it('takes fewer tokens than coefficients', () => {
    const lengths = chunks.map((chunk) => fitted.encodeSync(chunk).length);
    expect(Math.max(...lengths)).toBeLessThan(20);
  });

  // Rounding is off by half a level at most in each coefficient, and the transform keeps lengths.
  const laws = conformanceLaws({
    tokenizer: () => fitted,
    fromJSON: FastTokenizer.fromJSON,
    signals: [
      { name: 'a chunk', signal: chunks[0], shape: [10, 2] },
      { name: 'another', signal: chunks[7], shape: [10, 2] },
      { name: 'zeros', signal: new Float64Array(20), shape: [10, 2] },
    ],
    distance: largestDifference,
    tolerance: (0.5 * Math.sqrt(20)) / shape.scale,
    badSignals: [
      { name: 'NaN', signal: new Float64Array(20).fill(Number.NaN), code: 'INVALID_ARGUMENT' },
      { name: 'another shape', signal: new Float64Array(18), code: 'INVALID_ARGUMENT' },
    ],
  });
  it.each(laws)('$name', ({ check }) => check());
});
