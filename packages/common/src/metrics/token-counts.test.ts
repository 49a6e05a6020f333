import { describe, expect, it } from 'vitest';
import { countTokens, MAX_COUNTED_VOCABULARY } from './token-counts.js';

describe('countTokens', () => {
  it('adds up the ids of all sequences, whatever array type holds them', () => {
    const counts = countTokens({
      sequences: [Uint16Array.of(0, 2, 2), Uint32Array.of(3), [2, 0]],
      vocabularySize: 5,
    });
    expect(Array.from(counts)).toEqual([2, 0, 3, 1, 0]);
  });

  it('reads a generator once', () => {
    function* sequences() {
      yield [1];
      yield [1, 1];
    }
    expect(Array.from(countTokens({ sequences: sequences(), vocabularySize: 2 }))).toEqual([0, 3]);
  });

  it('counts nothing in no sequences', () => {
    expect(Array.from(countTokens({ sequences: [], vocabularySize: 3 }))).toEqual([0, 0, 0]);
  });

  it.each([3, -1, 0.5, Number.NaN, Infinity])('refuses id %s in a vocabulary of 3', (id) => {
    expect(() => countTokens({ sequences: [[0, id]], vocabularySize: 3 })).toThrow(
      expect.objectContaining({ code: 'ID_OUT_OF_RANGE', details: { position: 1, id, vocabularySize: 3 } }),
    );
  });

  it.each([0, -1, 2.5, Number.NaN])('refuses a vocabulary of %s', (vocabularySize) => {
    expect(() => countTokens({ sequences: [], vocabularySize })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });

  it('refuses a vocabulary above the limit before allocating', () => {
    expect(() => countTokens({ sequences: [], vocabularySize: MAX_COUNTED_VOCABULARY + 1 })).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });
});
