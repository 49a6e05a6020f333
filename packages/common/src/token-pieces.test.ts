import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alignment } from './contract.js';
import { concatTokens, sliceTokens } from './token-pieces.js';
import { createTokenSequence } from './token-sequence.js';
import { Vocabulary } from './vocabulary.js';

const codec = new Vocabulary({ modality: 'speech', codebookSizes: [8, 4] });
const subwords = new Vocabulary({ modality: 'binary', codebookSizes: [3] });
/** Source units of the ids of `subwords`. */
const widths = [1, 2, 10];

const frames = (ids: number[], offset = 0) =>
  createTokenSequence({
    vocabulary: codec,
    ids,
    alignment: { kind: 'hop', hop: 320, rate: 16000, offset },
  });
const text = (ids: number[], start = 0) =>
  createTokenSequence({ vocabulary: subwords, ids, alignment: { kind: 'widths', start } });

describe('sliceTokens', () => {
  it('moves the offset by the hops that it leaves out', () => {
    expect(sliceTokens(frames([0, 0, 1, 1, 2, 2, 3, 3], 100), { start: 1, end: 3 })).toEqual(
      frames([1, 1, 2, 2], 420),
    );
  });

  it('moves the start by the widths that it leaves out', () => {
    expect(sliceTokens(text([2, 1, 0, 1], 5), { start: 2, widths })).toEqual(text([0, 1], 17));
  });

  it('defaults to everything', () => {
    expect(sliceTokens(frames([1, 1, 2, 2]))).toEqual(frames([1, 1, 2, 2]));
  });

  it.each([{ start: -1 }, { end: 3 }, { start: 2, end: 1 }, { start: 0.5 }, { end: Number.NaN }])(
    'refuses %j of 2 rows',
    (range) => {
      expect(() => sliceTokens(frames([1, 1, 2, 2]), range)).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
    },
  );

  it.each<Alignment>([
    { kind: 'grid', rows: 1, columns: 2, patch: [16, 16] },
    { kind: 'whole', length: 50 },
  ])('refuses to cut %j', (alignment) => {
    const tokens = createTokenSequence({ vocabulary: subwords, ids: [1, 2], alignment });
    expect(() => sliceTokens(tokens, { end: 1 })).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
  });

  it('asks for widths where the place depends on them', () => {
    expect(() => sliceTokens(text([1, 2]), { start: 1 })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

describe('concatTokens', () => {
  it('undoes slicing at any place', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 2 })), fc.nat(), (ids, at) => {
        const whole = text(ids, 7);
        const cut = at % (ids.length + 1);
        const pieces = [sliceTokens(whole, { end: cut, widths }), sliceTokens(whole, { start: cut, widths })];
        expect(concatTokens(pieces, { widths })).toEqual(whole);
      }),
    );
  });

  it('keeps the wider id type', () => {
    const wide = { ...frames([2, 2], 320), ids: Uint32Array.of(2, 2) };
    expect(concatTokens([frames([1, 1]), wide]).ids).toEqual(Uint32Array.of(1, 1, 2, 2));
  });

  it('refuses a gap or an overlap', () => {
    for (const offset of [0, 319, 640]) {
      expect(() => concatTokens([frames([1, 1]), frames([2, 2], offset)])).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT', details: expect.objectContaining({ piece: 1 }) }),
      );
    }
  });

  it('refuses another vocabulary', () => {
    expect(() => concatTokens([frames([1, 1]), text([1])])).toThrow(
      expect.objectContaining({ code: 'VOCABULARY_MISMATCH' }),
    );
  });

  it('refuses nothing', () => {
    expect(() => concatTokens([])).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
