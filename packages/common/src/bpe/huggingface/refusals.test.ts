import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../errors.js';
import { MAX_TOKEN_SYMBOLS } from '../merge-table.js';
import { gpt2Characters } from './alphabet.js';
import { addedToken, type TokenizerFile, tokenizerFile } from './fixtures.js';
import { MAX_TOKENIZER_JSON_BYTES } from './limits.js';
import { parseTokenizerJson } from './parse-tokenizer-json.js';

const valid = JSON.stringify(tokenizerFile([['a', 'b']]));

function expectRefusal(text: string | Uint8Array, code: ErrorCode, message: string): void {
  expect(() => parseTokenizerJson(text)).toThrowError(
    expect.objectContaining({ name: 'PolytokError', code }),
  );
  expect(() => parseTokenizerJson(text)).toThrowError(`Cannot read tokenizer.json: ${message}`);
}

/** A valid file after `change`. */
function changed(change: (file: TokenizerFile) => void): string {
  const file: TokenizerFile = JSON.parse(valid);
  change(file);
  return JSON.stringify(file);
}

describe('parseTokenizerJson refuses text', () => {
  it.each([
    ['that is empty', '', 'it is not JSON, or cut short'],
    ['that is cut short', valid.slice(0, -20), 'it is not JSON, or cut short'],
    ['that is no object', '[1]', 'it must be a JSON object, got [1].'],
    ['with a model that is no object', '{"model":"BPE"}', 'model must be an object, got "BPE".'],
    ['without a model', '{"__proto__":{"model":{}}}', 'model must be an object, got nothing.'],
    ['without a vocabulary', '{"model":{}}', 'model.vocab must be an object of token ids, got nothing.'],
    [
      'with one token twice',
      valid.replace('"ab":256', '"ab":256,"a\\u0062":257'),
      'it is not JSON, or cut short (Key "ab" stands twice',
    ],
    ['nested too deep', '['.repeat(100_000), 'it is not JSON, or cut short (Nesting deeper than 64'],
  ])('%s', (_, text, message) => {
    expectRefusal(text, 'INVALID_FORMAT', message);
  });

  it('that is not UTF-8', () => {
    expectRefusal(
      Uint8Array.of(0x7b, 0xff, 0x7d),
      'INVALID_FORMAT',
      'it is not JSON, or cut short (not UTF-8).',
    );
  });

  it('above the limit, before it is read', () => {
    const size = MAX_TOKENIZER_JSON_BYTES + 1;
    expectRefusal(' '.repeat(size), 'LIMIT_EXCEEDED', `it has ${size} characters; the limit is 33554432.`);
    expectRefusal(new Uint8Array(size), 'LIMIT_EXCEEDED', `it has ${size} bytes; the limit is 33554432.`);
  });
});

describe('parseTokenizerJson refuses ids', () => {
  it.each([1.5, -1, '7', null, [7], true])('that are no ids: %j', (id) => {
    expectRefusal(
      changed(({ model }) => (model.vocab.ab = id)),
      'INVALID_FORMAT',
      `model.vocab gives "ab" the id ${JSON.stringify(id)}; ids are integers from 0 on.`,
    );
  });

  it.each([16777216, 1e9, 1e300])('that would make tables huge: %d', (id) => {
    expectRefusal(
      changed(({ model }) => (model.vocab.ab = id)),
      'LIMIT_EXCEEDED',
      `model.vocab gives "ab" the id ${id}; ids up to 16777215 can be read.`,
    );
  });

  it('of two tokens', () => {
    expectRefusal(
      changed(({ model }) => (model.vocab.ab = 0x61)),
      'INVALID_FORMAT',
      'model.vocab gives "ab" the id 97, which "a" has.',
    );
  });

  it.each([
    ['of another token', [addedToken(97, 'pad')], 'added_tokens gives "pad" the id 97, which "a" has.'],
    [
      'of another added token',
      [addedToken(300, 'x1'), addedToken(300, 'x2')],
      'added_tokens gives "x2" the id 300, which "x1" has.',
    ],
    [
      'that contradict the vocabulary',
      [addedToken(300, 'ab')],
      'added_tokens gives "ab" the id 300, model.vocab gives it 256.',
    ],
    [
      'of a token listed twice',
      [addedToken(300, 'x1'), addedToken(301, 'x1')],
      'added_tokens lists "x1" twice.',
    ],
    ['that are no ids', [{ content: 'x1' }], 'added_tokens gives "x1" the id nothing; ids are integers'],
    ['without content', [{ id: 300 }], 'added_tokens[0] has no content: {"id":300}.'],
    ['in an object', {}, 'added_tokens must be an array, got {}.'],
  ])('of added tokens %s', (_, tokens, message) => {
    expectRefusal(
      changed((file) => (file.added_tokens = tokens)),
      'INVALID_FORMAT',
      message,
    );
  });
});

describe('parseTokenizerJson refuses merges', () => {
  it.each([
    ['that are missing', null, 'model.merges must be an array, got null.'],
    [
      'of three parts',
      [['a', 'b', 'c']],
      'model.merges[0] is ["a","b","c"]; it must be an array of two strings.',
    ],
    [
      'of both forms',
      ['a b', ['a', 'b']],
      'model.merges[1] is ["a","b"]; it must be a string like those before it.',
    ],
    [
      'of both forms, the other way round',
      [['a', 'b'], 'a b'],
      'model.merges[1] is "a b"; it must be an array of two strings.',
    ],
    [
      'with an unknown part',
      [['a', 'zz']],
      'model.merges[0] joins "a" and "zz", but "zz" is not in model.vocab.',
    ],
    ['with an empty part', [['', 'a']], 'model.merges[0] joins "" and "a", but "" is not in model.vocab.'],
    [
      'with an unknown product',
      [['b', 'a']],
      'model.merges[0] joins "b" and "a", but "ba" is not in model.vocab.',
    ],
    [
      'listed twice',
      [
        ['a', 'b'],
        ['a', 'b'],
      ],
      'model.merges[1] repeats an earlier merge; it makes "ab" again.',
    ],
  ])('%s', (_, merges, message) => {
    expectRefusal(
      changed(({ model }) => (model.merges = merges as unknown[])),
      'INVALID_FORMAT',
      message,
    );
  });

  it('whose part is made later, or by the merge itself', () => {
    const late = changed(({ model }) => {
      model.merges = [
        ['ab', 'c'],
        ['a', 'b'],
      ];
      model.vocab.abc = 257;
    });
    expectRefusal(
      late,
      'INVALID_FORMAT',
      'model.merges[0] joins "ab" and "c", but "ab" is neither a byte nor made by an earlier merge.',
    );
  });

  it('that respell a token and then repeat', () => {
    const pairs = [
      ['a', 'b'],
      ['b', 'c'],
      ['ab', 'c'],
      ['a', 'bc'],
      ['a', 'bc'],
    ] as const;
    expectRefusal(
      JSON.stringify(tokenizerFile(pairs)),
      'INVALID_FORMAT',
      'model.merges[4] repeats an earlier merge',
    );
  });

  it('above a limit', () => {
    const long = 'a'.repeat(MAX_TOKEN_SYMBOLS + 1);
    expectRefusal(
      changed(({ model }) => (model.vocab[long] = 300)),
      'LIMIT_EXCEEDED',
      'model.vocab has a token of 4097 characters; the limit is 4096.',
    );
    expectRefusal(
      changed(({ model }) => (model.merges = Array(1 << 22).fill(0))),
      'LIMIT_EXCEEDED',
      'model.merges has 4194304 entries; the limit is 4194048.',
    );
    expectRefusal(
      changed((file) => (file.added_tokens = Array((1 << 22) + 1).fill(0))),
      'LIMIT_EXCEEDED',
      'added_tokens has 4194305 entries; the limit is 4194304.',
    );
  });
});

describe('parseTokenizerJson refuses settings that change ids', () => {
  it.each(['WordPiece', 'Unigram', 'WordLevel', 7])('a model of type %j', (type) => {
    expectRefusal(
      changed(({ model }) => (model.type = type)),
      'UNSUPPORTED',
      `its model is ${JSON.stringify(type)}; only "BPE" can be read.`,
    );
  });

  it.each([
    ['dropout', 0.1],
    ['continuing_subword_prefix', '##'],
    ['end_of_word_suffix', '</w>'],
    ['ignore_merges', true],
  ])('model.%s = %j', (setting, value) => {
    expectRefusal(
      changed(({ model }) => (model[setting] = value)),
      'UNSUPPORTED',
      `model.${setting} is ${JSON.stringify(value)}, which`,
    );
  });

  it('a normalizer', () => {
    expectRefusal(
      changed((file) => (file.normalizer = { type: 'NFC' })),
      'UNSUPPORTED',
      'normalizer is {"type":"NFC"}, which',
    );
  });

  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };

  it.each([
    { ...byteLevel, use_regex: true },
    { ...byteLevel, add_prefix_space: true },
    { type: 'ByteLevel', add_prefix_space: false },
    { type: 'Split', pattern: { String: ' ' }, behavior: 'Isolated', invert: false },
    { type: 'Sequence', pretokenizers: [byteLevel, { type: 'Whitespace' }] },
    { type: 'Sequence', pretokenizers: [byteLevel, byteLevel] },
    'ByteLevel',
  ])('the pre-tokenizer %j', (preTokenizer) => {
    const file = { ...tokenizerFile([], {}, gpt2Characters()), pre_tokenizer: preTokenizer };
    expectRefusal(JSON.stringify(file), 'UNSUPPORTED', 'pre_tokenizer is');
  });

  it('ByteLevel over Latin-1 characters', () => {
    expectRefusal(
      changed((file) => (file.pre_tokenizer = byteLevel)),
      'UNSUPPORTED',
      'pre_tokenizer is {"type":"ByteLevel"',
    );
  });

  it('but no settings that leave ids alone', () => {
    const file: TokenizerFile = { ...tokenizerFile([['a', 'b']], {}, gpt2Characters()) };
    const plain = parseTokenizerJson(JSON.stringify(file));
    Object.assign(file.model, {
      type: undefined,
      unk_token: '<unk>',
      fuse_unk: true,
      byte_fallback: true,
      dropout: 0,
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
      ignore_merges: false,
    });
    Object.assign(file, {
      truncation: { max_length: 8 },
      padding: {},
      post_processor: { type: 'TemplateProcessing' },
      decoder: { type: 'ByteLevel' },
      pre_tokenizer: { type: 'Sequence', pretokenizers: [byteLevel] },
    });
    expect(parseTokenizerJson(JSON.stringify(file))).toEqual(plain);
    file.pre_tokenizer = { type: 'Sequence', pretokenizers: [] };
    expect(parseTokenizerJson(JSON.stringify(file))).toEqual(plain);
  });
});
