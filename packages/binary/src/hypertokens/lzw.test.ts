import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLzw, encodeLzw, LzwDecoder } from './lzw.js';
import { type LzwOptions, MAX_BOOK_CAPACITY, MAX_DECODED_IDS, MAX_PHRASE_LENGTH } from './lzw-options.js';
import type { PhraseBook } from './phrase-book.js';

interface GoldenOptions {
  name: string;
  initial_vocab: number;
  max_codebook: number;
  max_subtokens: number;
  disabled?: number[];
}
interface GoldenCase extends GoldenOptions {
  ids: number[];
  codes: number[];
  codebook: Record<string, number[]>;
}
const goldens: { cases: GoldenCase[]; decoder_must_reject: (GoldenOptions & { codes: number[] })[] } =
  JSON.parse(readFileSync(new URL('../../goldens/binary.json', import.meta.url), 'utf8')).zip2zip;

const optionsOf = (golden: GoldenOptions): LzwOptions => ({
  vocabularySize: golden.initial_vocab,
  maxPhrases: golden.max_codebook,
  maxPhraseLength: golden.max_subtokens,
  disabledIds: golden.disabled,
});

/** Phrases by code. */
function phrasesOf(book: PhraseBook): Record<string, number[]> {
  const codes = Array.from({ length: book.size }, (_, entry) => book.vocabularySize + entry);
  return Object.fromEntries(codes.map((code) => [code, Array.from(book.phrase(code))]));
}

describe.each(goldens.cases)('golden case: $name', (golden) => {
  const options = optionsOf(golden);

  it('encodes to the codes and the codebook', () => {
    const { codes, book } = encodeLzw(golden.ids, options);
    expect(Array.from(codes)).toEqual(golden.codes);
    expect(phrasesOf(book)).toEqual(golden.codebook);
  });

  it('decodes to the ids and the codebook', () => {
    const { ids, book } = decodeLzw(golden.codes, options);
    expect(Array.from(ids)).toEqual(golden.ids);
    expect(phrasesOf(book)).toEqual(golden.codebook);
  });
});

describe('decodeLzw', () => {
  it.each(goldens.decoder_must_reject)('rejects: $name', (golden) => {
    expect(() => decodeLzw(golden.codes, optionsOf(golden))).toThrow(
      expect.objectContaining({ code: 'ID_OUT_OF_RANGE' }),
    );
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 32])('rejects code %s', (code) => {
    expect(() => decodeLzw([0, code], { vocabularySize: 4 })).toThrow(
      expect.objectContaining({ code: 'ID_OUT_OF_RANGE' }),
    );
  });

  it('reads repetitions that the encoder would have shortened', () => {
    expect(Array.from(decodeLzw([0, 0, 0, 0], { vocabularySize: 4 }).ids)).toEqual([0, 0, 0, 0]);
  });

  it('refuses an expansion beyond the limit before it allocates', () => {
    // Growing phrases of one id up to the longest, which is then repeated.
    const options = { vocabularySize: 1, maxPhrases: MAX_PHRASE_LENGTH, maxPhraseLength: MAX_PHRASE_LENGTH };
    const ramp = Array.from({ length: MAX_PHRASE_LENGTH }, (_, i) => i);
    const codes = [...ramp, ...new Array(MAX_DECODED_IDS / MAX_PHRASE_LENGTH).fill(MAX_PHRASE_LENGTH - 1)];
    expect(() => decodeLzw(codes, options)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }));
  });

  it('gives ids of the vocabulary or a typed error for any codes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(12), { maxLength: 40 }), (codes) => {
        try {
          const { ids } = decodeLzw(codes, { vocabularySize: 4, maxPhrases: 6, maxPhraseLength: 3 });
          expect(ids.every((id) => id < 4)).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ code: 'ID_OUT_OF_RANGE' });
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('encodeLzw and decodeLzw', () => {
  const options = fc.record({
    vocabularySize: fc.constant(4),
    maxPhrases: fc.constantFrom(0, 1, 5, 100),
    maxPhraseLength: fc.constantFrom(1, 2, 3, 4, 50),
    disabledIds: fc.subarray([0, 3]),
  });
  const ids = fc.oneof(
    fc.array(fc.nat(3), { maxLength: 300 }),
    fc.array(fc.nat(1), { maxLength: 300 }),
    fc.nat(200).map((length) => new Array<number>(length).fill(1)),
  );

  it('give back the ids and end with equal books', () => {
    fc.assert(
      fc.property(ids, options, (original, opts) => {
        const encoded = encodeLzw(original, opts);
        const decoded = decodeLzw(encoded.codes, opts);
        expect(Array.from(decoded.ids)).toEqual(original);
        expect(phrasesOf(decoded.book)).toEqual(phrasesOf(encoded.book));
        expect(encoded.codes.length).toBeLessThanOrEqual(original.length);
      }),
      { numRuns: 500 },
    );
  });

  it('never make a phrase twice, longer than allowed, or with a disabled id', () => {
    fc.assert(
      fc.property(ids, options, (original, opts) => {
        const phrases = Object.values(phrasesOf(encodeLzw(original, opts).book));
        expect(new Set(phrases.map(String)).size).toBe(phrases.length);
        expect(phrases.length).toBeLessThanOrEqual(opts.maxPhrases);
        for (const phrase of phrases) {
          expect(phrase.length).toBeLessThanOrEqual(opts.maxPhraseLength);
          expect(phrase.some((id) => (opts.disabledIds as number[]).includes(id))).toBe(false);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('work on a large vocabulary and a long sequence', () => {
    const vocabularySize = 2 ** 31 + 7;
    const long = Uint32Array.from({ length: 50_000 }, (_, i) => vocabularySize - 1 - ((i * i) % 97));
    const { codes } = encodeLzw(long, { vocabularySize });
    expect(codes.length).toBeLessThan(long.length / 3);
    expect(decodeLzw(codes, { vocabularySize }).ids).toEqual(long);
  });

  it('leave an empty sequence empty', () => {
    expect(encodeLzw([], { vocabularySize: 2 }).codes).toHaveLength(0);
    expect(decodeLzw([], { vocabularySize: 2 }).ids).toHaveLength(0);
  });

  it.each([4, -1, 1.5, Number.NaN])('refuse id %s in a vocabulary of 4', (id) => {
    expect(() => encodeLzw([0, id], { vocabularySize: 4 })).toThrow(
      expect.objectContaining({ code: 'ID_OUT_OF_RANGE', details: { id, size: 4 } }),
    );
  });

  it.each([
    [{ vocabularySize: 0 }, 'INVALID_ARGUMENT'],
    [{ vocabularySize: 2 ** 32 }, 'LIMIT_EXCEEDED'],
    [{ vocabularySize: 4, maxPhrases: -1 }, 'INVALID_ARGUMENT'],
    [{ vocabularySize: 4, maxPhrases: MAX_BOOK_CAPACITY + 1 }, 'LIMIT_EXCEEDED'],
    [{ vocabularySize: 4, maxPhraseLength: 0 }, 'INVALID_ARGUMENT'],
    [{ vocabularySize: 4, maxPhraseLength: MAX_PHRASE_LENGTH + 1 }, 'LIMIT_EXCEEDED'],
    [{ vocabularySize: 4, disabledIds: [4] }, 'ID_OUT_OF_RANGE'],
  ])('refuse %j as %s', (options, code) => {
    expect(() => encodeLzw([], options)).toThrow(expect.objectContaining({ code }));
    expect(() => decodeLzw([], options)).toThrow(expect.objectContaining({ code }));
  });
});

describe('LzwDecoder', () => {
  it('gives the ids of each code as it comes and says which codes may follow', () => {
    const decoder = new LzwDecoder({ vocabularySize: 4 });
    const limits = [decoder.codeLimit];
    const phrases = [0, 1, 4, 6].map((code) => {
      const phrase = Array.from(decoder.push(code));
      limits.push(decoder.codeLimit);
      return phrase;
    });
    expect(phrases).toEqual([[0], [1], [0, 1], [0, 1, 0]]);
    expect(limits).toEqual([4, 5, 6, 7, 8]);
  });

  it('is unchanged by a code that it refuses', () => {
    const decoder = new LzwDecoder({ vocabularySize: 4 });
    decoder.push(2);
    expect(() => decoder.push(5)).toThrow(expect.objectContaining({ code: 'ID_OUT_OF_RANGE' }));
    expect(Array.from(decoder.push(4))).toEqual([2, 2]);
  });
});
