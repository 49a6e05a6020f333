/** What holds for every way to segment; each has its own test file too where there is more to say. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteVocabulary, MAX_TOKEN_BYTES } from './byte-vocabulary.js';
import { bytesOf, goldenVocabulary, segmentationCases, textsOf, vocabularyOf } from './goldens.fixture.js';
import { leastTokens } from './least-tokens.js';
import { longestPrefix } from './longest-prefix.js';
import { longestSuffix } from './longest-suffix.js';
import { longestToken } from './longest-token.js';
import { MAX_TRIE_NODES } from './token-trie.js';

const methods = [
  { name: 'least_tokens', segment: leastTokens },
  { name: 'longest_prefix', segment: longestPrefix },
  { name: 'longest_suffix', segment: longestSuffix },
  { name: 'longest_token', segment: longestToken },
] as const;

/** All single bytes `a` to `c`, and some longer tokens. */
const vocabulary = fc
  .uniqueArray(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 2, maxLength: 6 }), {
    maxLength: 12,
  })
  .map((longer) => vocabularyOf('a', 'b', 'c', ...longer));
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 40 });

describe.each(methods)('$name', ({ name, segment }) => {
  it.each(segmentationCases)('of $text is the golden segmentation', (golden) => {
    expect(textsOf(segment(bytesOf(golden.text), goldenVocabulary), goldenVocabulary)).toEqual(golden[name]);
  });

  it('covers the bytes, with no fewer tokens than the least', () => {
    fc.assert(
      fc.property(vocabulary, text, (tokens, input) => {
        const ids = segment(bytesOf(input), tokens);
        expect(textsOf(ids, tokens).join('')).toBe(input);
        expect(ids.length).toBeGreaterThanOrEqual(leastTokens(bytesOf(input), tokens).length);
      }),
      { numRuns: 200 },
    );
  });

  it('leaves an empty input empty', () => {
    expect(segment(new Uint8Array(0), goldenVocabulary)).toHaveLength(0);
  });

  it('names a byte that no token covers', () => {
    expect(() => segment(bytesOf('abXab'), goldenVocabulary)).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        details: expect.objectContaining({ position: 2, byte: 0x58 }),
      }),
    );
  });

  it('takes 1 MiB of one byte in a vocabulary of runs', () => {
    const runs = new ByteVocabulary([1, 2, 4, 8, 16].map((length) => new Uint8Array(length)));
    const ids = segment(new Uint8Array(2 ** 20), runs);
    expect(ids).toHaveLength(65_536);
    expect(ids.every((id) => id === 4)).toBe(true);
  });
});

describe('ByteVocabulary', () => {
  it('joins ids to bytes', () => {
    expect(goldenVocabulary.join([9, 6])).toEqual(bytesOf('abcabcd'));
    expect(goldenVocabulary.join([])).toHaveLength(0);
  });

  it.each([11, -1, 0.5, Number.NaN])('refuses to join id %s', (id) => {
    expect(() => goldenVocabulary.join([0, id])).toThrow(
      expect.objectContaining({ code: 'ID_OUT_OF_RANGE', details: { position: 1, id, size: 11 } }),
    );
  });

  it('does not change when the caller reuses an array', () => {
    const token = Uint8Array.of(1, 2);
    const tokens = new ByteVocabulary([token, Uint8Array.of(3)]);
    token[0] = 9;
    expect(tokens.join([0])).toEqual(Uint8Array.of(1, 2));
  });

  it('refuses empty, equal and oversized tokens', () => {
    expect(() => vocabularyOf('a', '')).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: { id: 1 } }),
    );
    expect(() => vocabularyOf('a', 'bc', 'bc')).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: { first: 1, second: 2 } }),
    );
    expect(() => new ByteVocabulary([new Uint8Array(MAX_TOKEN_BYTES + 1)])).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
    const shared = new Uint8Array(MAX_TOKEN_BYTES);
    const many = new Array<Uint8Array>(Math.ceil(MAX_TRIE_NODES / MAX_TOKEN_BYTES)).fill(shared);
    expect(() => new ByteVocabulary(many)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }));
  });

  it('segments nothing with no tokens', () => {
    const nothing = new ByteVocabulary([]);
    for (const { segment } of methods) {
      expect(segment(new Uint8Array(0), nothing)).toHaveLength(0);
      expect(() => segment(Uint8Array.of(0), nothing)).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
    }
  });
});
