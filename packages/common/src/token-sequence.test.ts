import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alignment, TokenSequence } from './contract.js';
import { checkTokens, createTokenSequence, equalTokens } from './token-sequence.js';
import { Vocabulary } from './vocabulary.js';

const bytes = new Vocabulary({ modality: 'binary', codebookSizes: [256] });
const codec = new Vocabulary({ modality: 'speech', codebookSizes: [8, 4] });
const start: Alignment = { kind: 'widths', start: 0 };
const hop: Alignment = { kind: 'hop', hop: 320, rate: 16000, offset: 0 };

describe('createTokenSequence', () => {
  it('fills in what the vocabulary decides', () => {
    expect(createTokenSequence({ vocabulary: codec, ids: [7, 3, 0, 0], alignment: hop })).toEqual({
      modality: 'speech',
      ids: Uint16Array.of(7, 3, 0, 0),
      length: 2,
      codebooks: 2,
      fingerprint: codec.fingerprint,
      alignment: hop,
    });
  });

  it('keeps ids of the right type where they are and narrows others', () => {
    const narrow = Uint16Array.of(1, 2);
    const wide = Uint32Array.of(1, 2);
    expect(createTokenSequence({ vocabulary: bytes, ids: narrow, alignment: start }).ids).toBe(narrow);
    expect(createTokenSequence({ vocabulary: bytes, ids: wide, alignment: start }).ids).toEqual(narrow);
  });

  it('uses 32 bits where the vocabulary needs them', () => {
    const vocabulary = new Vocabulary({ modality: 'x', codebookSizes: [2 ** 32] });
    const ids = [0, 2 ** 32 - 1];
    expect(createTokenSequence({ vocabulary, ids, alignment: start }).ids).toEqual(Uint32Array.from(ids));
  });

  it('refuses a part of a row', () => {
    expect(() => createTokenSequence({ vocabulary: codec, ids: [1, 2, 3], alignment: hop })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });

  it('refuses a grid that the tokens do not fill', () => {
    const alignment: Alignment = { kind: 'grid', rows: 2, columns: 3, patch: [16, 16] };
    expect(createTokenSequence({ vocabulary: bytes, ids: [1, 2, 3, 4, 5, 6], alignment }).length).toBe(6);
    expect(() => createTokenSequence({ vocabulary: bytes, ids: [1, 2, 3, 4, 5], alignment })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: { rows: 2, columns: 3, length: 5 } }),
    );
  });

  it.each([-1, 256, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32])('refuses id %d in bytes', (id) => {
    expect(() => createTokenSequence({ vocabulary: bytes, ids: [0, id], alignment: start })).toThrow(
      expect.objectContaining({
        code: 'ID_OUT_OF_RANGE',
        details: { position: 1, codebook: 0, id, size: 256 },
      }),
    );
  });

  it('accepts exactly the ids below each codebook size', () => {
    const id = fc.nat({ max: 9 });
    fc.assert(
      fc.property(fc.array(fc.tuple(id, id)), (rows) => {
        const create = () => createTokenSequence({ vocabulary: codec, ids: rows.flat(), alignment: hop });
        if (rows.every(([a, b]) => a < 8 && b < 4)) expect(create().length).toBe(rows.length);
        else expect(create).toThrow(expect.objectContaining({ code: 'ID_OUT_OF_RANGE' }));
      }),
    );
  });
});

describe('checkTokens', () => {
  const tokens = createTokenSequence({ vocabulary: codec, ids: [7, 3, 0, 0, 1, 2], alignment: hop });
  const check = (change: Partial<TokenSequence>) => () => checkTokens({ ...tokens, ...change }, codec);

  it('accepts what createTokenSequence makes, in a wider type too', () => {
    expect(check({})).not.toThrow();
    expect(check({ ids: Uint32Array.from(tokens.ids) })).not.toThrow();
  });

  it('refuses tokens of another vocabulary, naming both', () => {
    expect(() => checkTokens(tokens, bytes)).toThrow(
      expect.objectContaining({
        code: 'VOCABULARY_MISMATCH',
        details: {
          actual: codec.fingerprint,
          expected: bytes.fingerprint,
          actualCodebooks: 2,
          expectedCodebooks: 1,
        },
      }),
    );
    expect(() => checkTokens(tokens, bytes)).toThrow(
      `the speech vocabulary ${codec.fingerprint} (codebooks: 2), but are used with the binary vocabulary ${bytes.fingerprint} (codebooks: 1)`,
    );
  });

  it('refuses another number of codebooks under the same fingerprint', () => {
    expect(check({ codebooks: 3, length: 2 })).toThrow(
      expect.objectContaining({ code: 'VOCABULARY_MISMATCH' }),
    );
  });

  it.each([2, 4, Number.NaN, -3])('refuses a length of %d for 6 ids in rows of 2', (length) => {
    expect(check({ length })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it('names the row and codebook of the first id out of range', () => {
    expect(check({ ids: Uint16Array.of(7, 3, 0, 4, 8, 2) })).toThrow(
      expect.objectContaining({
        code: 'ID_OUT_OF_RANGE',
        details: { position: 1, codebook: 1, id: 4, size: 4 },
      }),
    );
  });
});

describe('equalTokens', () => {
  const tokens = createTokenSequence({ vocabulary: codec, ids: [7, 3, 0, 0], alignment: hop });

  it('holds for the same ids in either type', () => {
    expect(equalTokens(tokens, { ...tokens, ids: Uint32Array.from(tokens.ids) })).toBe(true);
  });

  it.each<Partial<TokenSequence>>([
    { modality: 'music' },
    { fingerprint: bytes.fingerprint },
    { length: 1 },
    { codebooks: 1 },
    { alignment: { ...hop, offset: 320 } },
    { ids: Uint16Array.of(7, 3, 0, 1) },
    { ids: Uint16Array.of(7, 3, 0) },
    { ids: Uint16Array.of(7, 3, 0, 0, 0) },
  ])('does not hold when %j differs', (change) => {
    expect(equalTokens(tokens, { ...tokens, ...change })).toBe(false);
  });
});
