import { describe, expect, it } from 'vitest';
import { MAX_CODEBOOKS, Vocabulary, type VocabularyOptions } from './vocabulary.js';

const options: VocabularyOptions = {
  modality: 'speech',
  codebookSizes: [1024, 1024],
  specials: { pad: 0, end: 1 },
  layout: 'lsb-first',
  content: '0123456789abcdef',
};

describe('fingerprint', () => {
  it('never changes: tokens written years ago carry it', () => {
    // printf '["binary",[256],[],"plain",""]' | sha256sum | cut -c1-16
    expect(new Vocabulary({ modality: 'binary', codebookSizes: [256] }).fingerprint).toBe('1342334763090f46');
    expect(new Vocabulary(options).fingerprint).toBe('b92d603206dc767f');
  });

  it.each<Partial<VocabularyOptions>>([
    { modality: 'image' },
    { codebookSizes: [1024, 1025] },
    { codebookSizes: [1024] },
    { specials: { pad: 0, end: 2 } },
    { specials: { pad: 0, stop: 1 } },
    { specials: { pad: 0 } },
    { layout: 'plain' },
    { content: 'fedcba9876543210' },
  ])('changes with %j', (change) => {
    expect(new Vocabulary({ ...options, ...change }).fingerprint).not.toBe(
      new Vocabulary(options).fingerprint,
    );
  });

  it('does not depend on the order in which special tokens are written', () => {
    const reordered = new Vocabulary({ ...options, specials: { end: 1, pad: 0 } });
    expect(reordered.fingerprint).toBe(new Vocabulary(options).fingerprint);
  });

  it('counts an omitted option as its default', () => {
    const bare = new Vocabulary({ modality: 'binary', codebookSizes: [256] });
    const full = new Vocabulary({ ...bare, specials: {}, layout: 'plain', content: '' });
    expect(full.fingerprint).toBe(bare.fingerprint);
  });
});

describe('construction', () => {
  it.each([[[]], [[0]], [[-1]], [[1.5]], [[256, Number.NaN]], [[2 ** 32 + 1]]])(
    'refuses sizes %j',
    (codebookSizes) => {
      expect(() => new Vocabulary({ modality: 'x', codebookSizes })).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
    },
  );

  it.each([4, -1, 0.5])('refuses special id %d in a vocabulary of 4', (pad) => {
    expect(() => new Vocabulary({ modality: 'x', codebookSizes: [4], specials: { pad } })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: { name: 'pad', id: pad, size: 4 } }),
    );
  });

  it('refuses more codebooks than any codec has', () => {
    const codebookSizes = new Array(MAX_CODEBOOKS + 1).fill(2);
    expect(() => new Vocabulary({ modality: 'x', codebookSizes })).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });

  it('keeps its own frozen copy of sizes and specials', () => {
    const codebookSizes = [8, 8];
    const specials = { pad: 0 };
    const vocabulary = new Vocabulary({ modality: 'x', codebookSizes, specials });
    codebookSizes[0] = 2;
    specials.pad = 5;
    expect(vocabulary).toMatchObject({ size: 8, codebooks: 2, specials: { pad: 0 } });
    expect(Object.isFrozen(vocabulary.codebookSizes) && Object.isFrozen(vocabulary.specials)).toBe(true);
  });

  it('allocates ids in the narrowest type that holds every codebook', () => {
    const ids = (codebookSizes: number[]) => new Vocabulary({ modality: 'x', codebookSizes }).allocateIds(3);
    expect(ids([65536])).toEqual(new Uint16Array(3));
    expect(ids([2, 65537])).toEqual(new Uint32Array(3));
  });
});

describe('JSON', () => {
  it('reads back what it writes', () => {
    const vocabulary = new Vocabulary(options);
    expect(Vocabulary.fromJSON(JSON.parse(JSON.stringify(vocabulary)))).toEqual(vocabulary);
  });

  it('reads options without a fingerprint', () => {
    expect(Vocabulary.fromJSON({ modality: 'binary', codebookSizes: [256] }).size).toBe(256);
  });

  it('notices an edited file', () => {
    const edited = { ...new Vocabulary(options).toJSON(), layout: 'plain' };
    expect(() => Vocabulary.fromJSON(edited)).toThrow(
      expect.objectContaining({ code: 'VOCABULARY_MISMATCH' }),
    );
  });

  it.each([
    [null],
    [[]],
    ['speech'],
    [{ modality: 'x' }],
    [{ modality: 1, codebookSizes: [4] }],
    [{ modality: 'x', codebookSizes: 4 }],
    [{ modality: 'x', codebookSizes: [4], specials: ['pad'] }],
    [{ modality: 'x', codebookSizes: [4], layout: null }],
  ])('refuses %j', (config) => {
    expect(() => Vocabulary.fromJSON(config)).toThrow(expect.objectContaining({ code: 'INVALID_FORMAT' }));
  });

  it('refuses sizes and ids that are not numbers', () => {
    for (const config of [
      { modality: 'x', codebookSizes: ['4'] },
      { modality: 'x', codebookSizes: [4], specials: { pad: '0' } },
    ]) {
      expect(() => Vocabulary.fromJSON(config)).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
    }
  });
});
