import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { referenceEncode } from '../reference-encode.js';
import { gpt2Characters, latin1Characters } from './alphabet.js';
import { addedToken, type TokenizerFile, tokenizerFile, withMergeLines } from './fixtures.js';
import { type ParsedTokenizer, parseTokenizerJson } from './parse-tokenizer-json.js';

interface Golden {
  files: { latin1: TokenizerFile; gpt2: TokenizerFile };
  cases: { bytes: string; latin1: number[]; gpt2: number[] }[];
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../../goldens/huggingface.json', import.meta.url), 'utf8'),
);

const parse = (file: unknown) => parseTokenizerJson(JSON.stringify(file));
const merges = ({ table }: ParsedTokenizer) => Array.from(table.left, (left, k) => [left, table.right[k]]);

function encode({ table, layout }: ParsedTokenizer, bytes: ArrayLike<number>): number[] {
  return Array.from(referenceEncode(table, bytes), (rank) => layout.ids[rank]);
}

const ascii = (text: string) => Array.from(text, (character) => character.charCodeAt(0));

describe.each(['latin1', 'gpt2'] as const)('a file trained by HuggingFace in %s', (alphabet) => {
  const file = golden.files[alphabet];

  it('gives the ids HuggingFace gives', () => {
    const parsed = parse(file);
    expect(parsed.alphabet).toBe(alphabet);
    for (const { bytes, [alphabet]: ids } of golden.cases) {
      expect(
        encode(
          parsed,
          Uint8Array.from(bytes.match(/../g) ?? [], (hex) => Number.parseInt(hex, 16)),
        ),
      ).toEqual(ids);
    }
  });

  it('reads the same from merges written as lines', () => {
    expect(parse(withMergeLines(file))).toEqual(parse(file));
  });

  it('reads the same from UTF-8 bytes', () => {
    expect(parseTokenizerJson(new TextEncoder().encode(JSON.stringify(file)))).toEqual(parse(file));
  });
});

it('has lines in the Latin-1 golden that divide in several ways', () => {
  const { merges } = withMergeLines(golden.files.latin1).model;
  expect(merges.filter((line) => (line as string).split(' ').length > 2).length).toBe(28);
});

describe('ids', () => {
  it('finds special tokens wherever they stand', () => {
    const front = parse(golden.files.latin1);
    expect(front.layout.specials).toEqual([
      { id: 0, content: '<|start|>' },
      { id: 1, content: '<|end|>' },
      { id: 2, content: '<|pad|>' },
    ]);
    expect([front.layout.ids[0], front.layout.size]).toEqual([3, 600]);

    const back = parse(golden.files.gpt2);
    expect(back.layout.specials.map(({ id }) => id)).toEqual([600, 601, 602]);
    expect(back.layout.size).toBe(603);
  });

  it('maps ranks to ids of any order, with large holes', () => {
    const file = tokenizerFile([['a', 'b']], { a: 16_000_000, b: 999, ab: 1_000_000 });
    const { layout } = parse(file);
    expect([layout.ids[0x61], layout.ids[0x62], layout.ids[256]]).toEqual([16_000_000, 999, 1_000_000]);
    expect(layout.size).toBe(16_000_001);
  });

  it('lets a merge make an added token, with its id', () => {
    const file = tokenizerFile(
      [
        ['<', '|'],
        ['|', '>'],
        ['<|', '|>'],
      ],
      { '<||>': 1000 },
    );
    file.added_tokens = [addedToken(1000, '<||>')];
    const parsed = parse(file);
    expect(encode(parsed, ascii('<||>'))).toEqual([1000]);
    expect(parsed.layout.specials).toEqual([{ id: 1000, content: '<||>' }]);
    expect(parsed.unreachable).toEqual([]);
  });

  it('gives two merges that spell one token a rank each and one id', () => {
    const parsed = parse(
      tokenizerFile([
        ['b', 'c'],
        ['a', 'b'],
        ['ab', 'c'],
        ['a', 'bc'],
        ['abc', 'a'],
      ]),
    );
    expect(Array.from(parsed.layout.ids.slice(256))).toEqual([256, 257, 258, 258, 259]);
    expect(merges(parsed).at(-1)).toEqual([258, 0x61]);
    // The merge of rank 259, a + bc, makes the token of rank 258, which the last merge continues.
    expect(encode(parsed, ascii('abca'))).toEqual([259]);
  });

  it('tells special and plain added tokens apart', () => {
    const file = tokenizerFile();
    file.added_tokens = [addedToken(301, 'code', false), addedToken(300, '<|pad|>')];
    expect(parse(file).addedTokens).toEqual([
      { id: 300, content: '<|pad|>', special: true },
      { id: 301, content: 'code', special: false },
    ]);
  });

  it('lists entries that nothing makes as unreachable', () => {
    const { unreachable, layout } = parse(tokenizerFile([], { '⚖': 301, '   ': 300 }));
    expect(unreachable).toEqual([
      { id: 300, content: '   ' },
      { id: 301, content: '⚖' },
    ]);
    expect(layout.size).toBe(302);
  });

  it('takes tokens named like parts of JavaScript objects', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '7'];
    const text = JSON.stringify(tokenizerFile([['_', '_']])).replace(
      '"__":256',
      `"__":256,${names.slice(0, 4).map((name, i) => `"${name}":${300 + i}`)}`,
    );
    const { unreachable, layout } = parseTokenizerJson(text);
    expect(unreachable).toEqual(names.slice(0, 4).map((content, i) => ({ id: 300 + i, content })));
    expect(layout.ids[0x37]).toBe(0x37);
  });

  it('lets a merge make "__proto__"', () => {
    const pairs = [
      ['_', '_'],
      ['p', 'r'],
      ['__', 'pr'],
      ['o', 't'],
      ['__pr', 'ot'],
      ['__prot', 'o'],
      ['__proto', '__'],
    ] as const;
    const parsed = parse(tokenizerFile(pairs));
    expect(encode(parsed, ascii('__proto__'))).toEqual([262]);
  });
});

describe('spellings of bytes', () => {
  it('reads bytes that moved out of the way of special tokens, in id order', () => {
    const characters = latin1Characters([0xe9, 0x40]);
    expect([characters[0xe9], characters[0x40]]).toEqual(['\ue000', '\ue001']);
    const file = tokenizerFile([['\ue000', 'x']], { '@': 301, é: 300 }, characters);
    file.added_tokens = [addedToken(301, '@'), addedToken(300, 'é')];
    const parsed = parse(file);
    expect(parsed.alphabet).toBe('latin1');
    expect(encode(parsed, [0xe9, 0x78, 0x40])).toEqual([256, 0x40]);
  });

  it('knows that « and » moved although no added token says so', () => {
    const file = tokenizerFile(
      [['\ue001', '\ue000']],
      { '«': 300, '»': 301 },
      latin1Characters([0xab, 0xbb]),
    );
    const parsed = parse(file);
    expect(encode(parsed, [0xbb, 0xab])).toEqual([256]);
    expect(parsed.unreachable).toEqual([
      { id: 300, content: '«' },
      { id: 301, content: '»' },
    ]);
  });

  it('keeps bytes in place when an added token is the byte itself', () => {
    const file = tokenizerFile();
    file.added_tokens = [addedToken(0xe9, 'é')];
    expect(encode(parse(file), [0xe9])).toEqual([0xe9]);
  });

  it.each([
    ['latin1', latin1Characters()],
    ['gpt2', gpt2Characters()],
  ] as const)('names the bytes that a %s vocabulary lacks', (alphabet, characters) => {
    const file = tokenizerFile([], {}, characters);
    delete file.model.vocab[characters[0x00]];
    delete file.model.vocab[characters[0xff]];
    expect(() => parse(file)).toThrowError(
      expect.objectContaining({ code: 'INVALID_FORMAT', details: { alphabet, missing: [0x00, 0xff] } }),
    );
    expect(() => parse(file)).toThrowError('no token for 2 of the 256 bytes: 00 ff.');
  });
});
