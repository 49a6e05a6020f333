import { describe, expect, it } from 'vitest';
import { addedTokens, MAX_ADDED_TOKENS } from './added-tokens.js';
import { createTokenSequence } from './token-sequence.js';
import { TokenSpace, type TokenSpaceOptions } from './token-space.js';
import { Vocabulary } from './vocabulary.js';

const binary = new Vocabulary({ modality: 'binary', codebookSizes: [256] });
const speech = new Vocabulary({ modality: 'speech', codebookSizes: [2, 3] });
const bytes = { kind: 'widths', start: 0 } as const;
const hops = { kind: 'hop', hop: 320, rate: 16000, offset: 0 } as const;
const options: TokenSpaceOptions = {
  firstId: 32000,
  vocabularies: [
    { vocabulary: binary, alignment: bytes },
    { vocabulary: speech, pattern: 'delayed', alignment: hops },
  ],
};
const space = new TokenSpace(options);

describe('layout', () => {
  it('lays the vocabularies side by side behind the host', () => {
    expect(space).toMatchObject({
      firstId: 32000,
      limit: 32266,
      size: 266,
      regions: [
        { name: 'binary', begin: 32000, end: 32001, pad: undefined, limit: 32258 },
        { name: 'speech', begin: 32258, end: 32259, pad: 32260, limit: 32266 },
      ],
    });
  });

  it('moves no id when a vocabulary is appended', () => {
    const first = new TokenSpace({ ...options, vocabularies: options.vocabularies.slice(0, 1) });
    for (let id = first.firstId; id < first.limit; id++)
      expect(space.contentOf(id)).toBe(first.contentOf(id));
  });

  it('starts at 0 without a host', () => {
    expect(new TokenSpace({ vocabularies: options.vocabularies }).region('binary').begin).toBe(0);
  });

  it('takes one vocabulary twice under two names', () => {
    const cameras = ['left', 'right'].map((name) => ({ name, vocabulary: binary, alignment: bytes }));
    const both = new TokenSpace({ vocabularies: cameras });
    const tokens = createTokenSequence({ vocabulary: binary, ids: [7], alignment: bytes });
    expect([...both.encode([{ kind: 'tokens', name: 'right', tokens }])]).toEqual([258, 267, 259]);
    expect(() => new TokenSpace({ vocabularies: [cameras[0], cameras[0]] })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: { name: 'left' } }),
    );
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses to start at %d', (firstId) => {
    expect(() => new TokenSpace({ ...options, firstId })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });

  it('refuses ids beyond 32 bits', () => {
    expect(() => new TokenSpace({ ...options, firstId: 2 ** 32 - 266 })).not.toThrow();
    expect(() => new TokenSpace({ ...options, firstId: 2 ** 32 - 265 })).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED', details: { limit: 2 ** 32, actual: 2 ** 32 + 1 } }),
    );
  });
});

describe('encode', () => {
  const tokens = createTokenSequence({ vocabulary: speech, ids: [1, 2], alignment: hops });

  it('writes host ids as they are and tokens between markers', () => {
    const stream = space.encode([
      { kind: 'host', ids: [5, 31999] },
      { kind: 'tokens', name: 'speech', tokens },
    ]);
    expect(stream).toEqual(Uint32Array.of(5, 31999, 32258, 32262, 32260, 32260, 32265, 32259));
  });

  it('refuses an unknown name, listing those that are known', () => {
    expect(() => space.encode([{ kind: 'tokens', name: 'music', tokens }])).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_NAME',
        details: { name: 'music', available: ['binary', 'speech'] },
      }),
    );
  });

  it('refuses tokens of another vocabulary', () => {
    expect(() => space.encode([{ kind: 'tokens', name: 'binary', tokens }])).toThrow(
      expect.objectContaining({ code: 'VOCABULARY_MISMATCH' }),
    );
  });

  it.each([32000, -1, 1.5])('refuses %d as a host id', (id) => {
    expect(() => space.encode([{ kind: 'host', ids: [0, id] }])).toThrow(
      expect.objectContaining({ code: 'ID_OUT_OF_RANGE', details: { id, position: 1, size: 32000 } }),
    );
  });
});

describe('contentOf', () => {
  it.each([31999, 32266, 32000.5, Number.NaN])('refuses id %d outside of the space', (id) => {
    expect(() => space.contentOf(id)).toThrow(expect.objectContaining({ code: 'ID_OUT_OF_RANGE' }));
  });
});

describe('addedTokens', () => {
  const added = addedTokens(space);

  it('lists every id once, in order', () => {
    expect(added.map(({ id }) => id)).toEqual(Array.from({ length: 266 }, (_, i) => 32000 + i));
    expect(new Set(added.map(({ content }) => content)).size).toBe(266);
  });

  it('describes them as HuggingFace does', () => {
    expect(added[125]).toEqual({
      id: 32125,
      content: '<|binary:123|>',
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: false,
    });
  });

  it('marks markers and padding as special, and codes not', () => {
    expect(added.filter(({ special }) => special).map(({ content }) => content)).toEqual([
      '<|binary:begin|>',
      '<|binary:end|>',
      '<|speech:begin|>',
      '<|speech:end|>',
      '<|speech:pad|>',
    ]);
  });

  it('refuses to list more than a tokenizer takes', () => {
    const vocabulary = new Vocabulary({ modality: 'x', codebookSizes: [MAX_ADDED_TOKENS] });
    expect(() => addedTokens(new TokenSpace({ vocabularies: [{ vocabulary, alignment: bytes }] }))).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });
});

describe('fingerprint', () => {
  it('never changes', () => {
    expect(space.fingerprint).toBe('3581c920f7fed729');
  });

  it('changes with whatever moves or renames an id, and with nothing else', () => {
    const [first, second] = options.vocabularies;
    const other = (change: Partial<TokenSpaceOptions>) =>
      new TokenSpace({ ...options, ...change }).fingerprint;
    expect(other({ firstId: 32001 })).not.toBe(space.fingerprint);
    expect(other({ vocabularies: [second, first] })).not.toBe(space.fingerprint);
    expect(other({ vocabularies: [{ ...first, name: 'code' }, second] })).not.toBe(space.fingerprint);
    expect(other({ vocabularies: [first, { ...second, pattern: 'parallel' }] })).not.toBe(space.fingerprint);
    expect(other({ vocabularies: [first, { ...second, alignment: { ...hops, hop: 160 } }] })).toBe(
      space.fingerprint,
    );
  });
});

describe('JSON', () => {
  const json = () => JSON.parse(JSON.stringify(space));

  it('reads back what it writes', () => {
    const revived = TokenSpace.fromJSON(json());
    expect(revived.toJSON()).toEqual(space.toJSON());
    expect(addedTokens(revived)).toEqual(addedTokens(space));
  });

  it('notices an edited file', () => {
    expect(() => TokenSpace.fromJSON({ ...json(), firstId: 0 })).toThrow(
      expect.objectContaining({ code: 'VOCABULARY_MISMATCH' }),
    );
  });

  it('reads options written by hand', () => {
    const { firstId, vocabularies } = json();
    expect(TokenSpace.fromJSON({ firstId, vocabularies }).fingerprint).toBe(space.fingerprint);
  });

  it.each([[null], [[]], [{}], [{ vocabularies: {} }], [{ vocabularies: [null] }], [{ vocabularies: [{}] }]])(
    'refuses %j',
    (config) => {
      expect(() => TokenSpace.fromJSON(config)).toThrow(expect.objectContaining({ code: 'INVALID_FORMAT' }));
    },
  );

  it.each([
    { firstId: '32000' },
    { vocabularies: [{ ...json().vocabularies[0], alignment: null }] },
    { vocabularies: [{ ...json().vocabularies[0], pattern: 'zigzag' }] },
  ])('refuses %j where it should have something else', (change) => {
    expect(() => TokenSpace.fromJSON({ ...json(), ...change })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});
