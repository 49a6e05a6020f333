import { createTokenSequence, type TokenizerConfig, type TokenSequence } from '@polytok/common';
import { BpeModel, specialsFirstLayout } from '@polytok/common/bpe';
import { type ConformanceSignal, conformanceLaws } from '@polytok/common/testing';
import { describe, expect, it } from 'vitest';
import { BinaryTokenizer } from './binary-tokenizer.js';
import { fitBinaryTokenizer } from './fit-binary-tokenizer.js';
import { PREBUILD_TARGETS, prebuild } from './prebuilds.fixture.js';
import { TOKEN_BORDERS, type TokenBorders, tokenBorders } from './token-borders.js';

const { model } = (
  await fitBinaryTokenizer([{ bytes: prebuild('linux-x64') }, { bytes: prebuild('darwin-arm64') }], {
    vocabularySize: 600,
  })
).tokenizer;

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** A file with one byte in 13 of its first kilobyte changed: headers that lie. */
function damaged(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => (i > 4 && i < 1024 && i % 13 === 0 ? byte ^ 0xff : byte));
}

const signals: ConformanceSignal<Uint8Array>[] = [
  ...PREBUILD_TARGETS.map((target) => ({ name: target, signal: prebuild(target) })),
  ...PREBUILD_TARGETS.map((target) => ({ name: `damaged ${target}`, signal: damaged(prebuild(target)) })),
  ...PREBUILD_TARGETS.map((target) => ({ name: `cut ${target}`, signal: prebuild(target, 700) })),
  { name: 'empty', signal: new Uint8Array(0) },
  { name: 'one byte', signal: Uint8Array.of(0x7f) },
  { name: 'a bare magic number', signal: Uint8Array.of(0x7f, 0x45, 0x4c, 0x46) },
  { name: 'all bytes', signal: Uint8Array.from({ length: 256 }, (_, byte) => byte) },
  { name: 'zeros', signal: new Uint8Array(70_001) },
  { name: 'a view', signal: prebuild('linux-x64').subarray(4096, 6001) },
].map(({ name, signal }) => ({ name, signal, shape: [signal.length] }));

const foreign: TokenSequence = new BinaryTokenizer({
  model: new BpeModel({ table: { alphabetSize: 256, left: new Uint32Array(0), right: new Uint32Array(0) } }),
}).encodeSync(Uint8Array.of(1, 2, 3));

describe.each(TOKEN_BORDERS)('conformance with borders: %s', (borders) => {
  const laws = conformanceLaws<Uint8Array>({
    tokenizer: () => new BinaryTokenizer({ model, borders }),
    fromJSON: (config) => BinaryTokenizer.fromJSON(config),
    signals,
    distance: (original, decoded) => (equalBytes(original, decoded) ? 0 : 1),
    badSignals: [
      { name: 'numbers', signal: [1, 2] as unknown as Uint8Array, code: 'INVALID_ARGUMENT' },
      { name: 'text', signal: 'ELF' as unknown as Uint8Array, code: 'INVALID_ARGUMENT' },
      { name: 'a buffer', signal: new ArrayBuffer(4) as unknown as Uint8Array, code: 'INVALID_ARGUMENT' },
    ],
    foreign,
    ...(borders === 'file' && { encodeChunked }),
  });
  for (const law of laws) it(law.name, law.check);
});

async function encodeChunked(_: unknown, bytes: Uint8Array): Promise<TokenSequence> {
  const tokenizer = new BinaryTokenizer({ model });
  const stream = tokenizer.model.stream();
  const ids: number[] = [];
  for (let at = 0; at < bytes.length; at += 1000) ids.push(...stream.push(bytes.subarray(at, at + 1000)));
  ids.push(...stream.finish());
  const { vocabulary } = tokenizer;
  return createTokenSequence({ vocabulary, ids, alignment: { kind: 'widths', start: 0 } });
}

describe('borders', () => {
  it.each(['sections', 'instructions'] as const)('of %s are where tokens end', (borders) => {
    const bytes = prebuild('darwin-arm64');
    const tokenizer = new BinaryTokenizer({ model, borders });
    let end = 0;
    const ends = new Set([0]);
    for (const id of tokenizer.encodeSync(bytes).ids) ends.add((end += model.widths[id]));
    expect(end).toBe(bytes.length);
    expect(Array.from(tokenBorders(bytes, borders)).filter((border) => !ends.has(border))).toEqual([]);
  });

  it('cost tokens', () => {
    const bytes = prebuild('darwin-arm64');
    const lengths = TOKEN_BORDERS.map(
      (borders) => new BinaryTokenizer({ model, borders }).encodeSync(bytes).length,
    );
    expect(lengths[0]).toBeLessThan(lengths[1]);
    expect(lengths[1]).toBeLessThan(lengths[2]);
  });
});

describe('tokenizer.json', () => {
  const tokenizer = new BinaryTokenizer({ model });

  it.each(['latin1', 'gpt2'] as const)('goes out and comes back in the %s alphabet', (alphabet) => {
    const json = tokenizer.toTokenizerJson({ alphabet });
    const revived = BinaryTokenizer.fromTokenizerJson(json);
    expect(revived.vocabulary.fingerprint).toBe(tokenizer.vocabulary.fingerprint);
    expect(revived.encodeSync(prebuild('win32-x64'))).toEqual(tokenizer.encodeSync(prebuild('win32-x64')));
    expect(revived.toTokenizerJson({ alphabet })).toBe(json);
  });

  it('is read as bytes, and with borders', () => {
    const bytes = new TextEncoder().encode(tokenizer.toTokenizerJson());
    const revived = BinaryTokenizer.fromTokenizerJson(bytes, { borders: 'sections' });
    expect(revived.borders).toBe('sections');
  });
});

describe('the configuration', () => {
  it('names its type and borders', () => {
    const { type, borders } = new BinaryTokenizer({ model, borders: 'sections' }).toJSON();
    expect({ type, borders }).toEqual({ type: 'binary-bpe', borders: 'sections' });
  });

  it.each<{ config: TokenizerConfig; code: string }>([
    { config: { type: 'other', tokenizer: {} }, code: 'INVALID_FORMAT' },
    { config: { type: 'binary-bpe' }, code: 'INVALID_FORMAT' },
    { config: { type: 'binary-bpe', tokenizer: null }, code: 'INVALID_FORMAT' },
    { config: { type: 'binary-bpe', tokenizer: { model: { type: 'WordPiece' } } }, code: 'UNSUPPORTED' },
    {
      config: { ...new BinaryTokenizer({ model }).toJSON(), borders: 'pages' as TokenBorders },
      code: 'INVALID_ARGUMENT',
    },
  ])('is refused with $code', ({ config, code }) => {
    expect(() => BinaryTokenizer.fromJSON(config)).toThrowError(expect.objectContaining({ code }));
  });
});

describe('the vocabulary', () => {
  it('has another fingerprint for other merges, borders, ids and special tokens', () => {
    const { table } = model;
    const tokenizers = [
      new BinaryTokenizer({ model }),
      ...(['sections', 'instructions'] as const).map((borders) => new BinaryTokenizer({ model, borders })),
      new BinaryTokenizer({ model: model.truncate(599) }),
      new BinaryTokenizer({ model: new BpeModel({ table }) }),
      new BinaryTokenizer({
        model: new BpeModel({ table, layout: specialsFirstLayout(table, ['<|start|>']) }),
      }),
      new BinaryTokenizer({
        model: new BpeModel({ table, layout: specialsFirstLayout(table, ['<|end|>']) }),
      }),
      new BinaryTokenizer({
        model: new BpeModel({ table: { ...table, left: table.right, right: table.left } }),
      }),
    ];
    const fingerprints = tokenizers.map(({ vocabulary }) => vocabulary.fingerprint);
    expect(new Set(fingerprints).size).toBe(tokenizers.length);
  });

  it('knows its special tokens', () => {
    const { vocabulary } = new BinaryTokenizer({ model });
    expect(vocabulary.codebookSizes).toEqual([600]);
    expect(vocabulary.specials).toMatchObject({ '<|start|>': 0, '<|mask|>': 6 });
  });
});

describe('decode', () => {
  const tokenizer = new BinaryTokenizer({ model });
  const sequenceOf = (...ids: number[]) =>
    createTokenSequence({ vocabulary: tokenizer.vocabulary, ids, alignment: { kind: 'widths', start: 0 } });

  it('refuses special tokens, and leaves them out in lenient mode', async () => {
    const marked = sequenceOf(0, 7 + 65, 1);
    expect(() => tokenizer.decodeSync(marked)).toThrowError(
      expect.objectContaining({ code: 'ID_OUT_OF_RANGE' }),
    );
    expect(Array.from(await tokenizer.decode(marked, { mode: 'lenient' }))).toEqual([65]);
  });
});

describe('arguments', () => {
  it('refuse a model over other symbols than bytes', () => {
    const letters = new BpeModel({
      table: { alphabetSize: 4, left: new Uint32Array(0), right: new Uint32Array(0) },
    });
    expect(() => new BinaryTokenizer({ model: letters })).toThrowError(
      /needs a model over 256 bytes; this one has 4 symbols/,
    );
  });

  it('refuse unknown borders', () => {
    expect(() => new BinaryTokenizer({ model, borders: 'pages' as TokenBorders })).toThrowError(
      /one of file, sections, instructions; got 'pages'/,
    );
  });

  it.each([[[]], [[-1]], [[1.5]]])('refuse a shape of %j', (shape) => {
    expect(() => new BinaryTokenizer({ model }).tokenShape(shape)).toThrowError(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});
