import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalRanks } from '../canonical-ranks.js';
import { type MergeTable, type SpecialToken, specialsFirstLayout } from '../merge-table.js';
import type { ByteAlphabet } from './alphabet.js';
import { type FormattableTokenizer, formatTokenizerJson } from './format-tokenizer-json.js';
import { parseTokenizerJson } from './parse-tokenizer-json.js';

const alphabets: readonly ByteAlphabet[] = ['latin1', 'gpt2'];

function tableOf(...pairs: readonly (readonly [number, number])[]): MergeTable {
  return {
    alphabetSize: 256,
    left: Uint32Array.from(pairs, ([left]) => left),
    right: Uint32Array.from(pairs, ([, right]) => right),
  };
}

/** Two merges, `00 00` and `20 (00 00)`, behind one special token. */
const table = tableOf([0, 0], [0x20, 256]);
const small: FormattableTokenizer = { table, layout: specialsFirstLayout(table, ['<|pad|>']) };

describe('formatTokenizerJson', () => {
  it('writes the fields HuggingFace reads, in Latin-1', () => {
    const { model, ...head } = JSON.parse(formatTokenizerJson(small, { alphabet: 'latin1' }));
    expect(head).toEqual({
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: [
        {
          id: 0,
          content: '<|pad|>',
          single_word: false,
          lstrip: false,
          rstrip: false,
          normalized: false,
          special: true,
        },
      ],
      normalizer: null,
      pre_tokenizer: null,
      post_processor: null,
      decoder: { type: 'Fuse' },
    });
    const { vocab, merges, ...settings } = model;
    expect(settings).toEqual({
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
    });
    expect(Object.keys(vocab).length).toBe(259);
    expect(vocab).toMatchObject({ '<|pad|>': 0, '\0': 1, ÿ: 256, '\0\0': 257, ' \0\0': 258 });
    expect(merges).toEqual([
      ['\0', '\0'],
      [' ', '\0\0'],
    ]);
  });

  it("writes the pre-tokenizer and decoder of GPT-2's alphabet", () => {
    const file = JSON.parse(formatTokenizerJson(small, { alphabet: 'gpt2' }));
    const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
    expect([file.pre_tokenizer, file.decoder]).toEqual([byteLevel, byteLevel]);
    expect(file.model.merges).toEqual([
      ['Ā', 'Ā'],
      ['Ġ', 'ĀĀ'],
    ]);
  });

  it('writes the vocabulary in id order, digits too', () => {
    const text = formatTokenizerJson(small, { alphabet: 'latin1' });
    expect(text).toContain('"vocab":{"<|pad|>":0,"\\u0000":1,"\\u0001":2,');
    expect(text).toContain('"/":48,"0":49,"1":50,');
  });

  it('moves bytes out of the way of special tokens in Latin-1', () => {
    const tokenizer = { table, layout: specialsFirstLayout(table, ['é', ' ']) };
    const file = JSON.parse(formatTokenizerJson(tokenizer, { alphabet: 'latin1' }));
    expect(file.model.vocab).toMatchObject({ é: 0, ' ': 1, '\ue000': 2 + 0xe9, '\ue001': 2 + 0x20 });
    expect(file.model.merges[1]).toEqual(['\ue001', '\0\0']);
  });

  it.each([
    [
      'an alphabet that is not the bytes',
      { table: { ...table, alphabetSize: 255 }, layout: small.layout },
      'the alphabet has 255 symbols',
    ],
    [
      'too few ids',
      { table, layout: { ...small.layout, ids: new Uint32Array(257) } },
      'ids for 257 ranks, the table has 258',
    ],
    [
      'one id for two tokens',
      { table, layout: { ...small.layout, ids: new Uint32Array(258) } },
      'id 0 belongs to "\\u0000" and "\\u0001"',
    ],
    [
      'two ids for one spelling',
      { table, layout: specialsFirstLayout(table, ['\0\0']) },
      '"\\u0000\\u0000" has the ids 257 and 0 in the latin1',
    ],
    [
      'special tokens with one id',
      {
        table,
        layout: {
          ...small.layout,
          specials: [
            { id: 0, content: 'x1' },
            { id: 0, content: 'x2' },
          ],
        },
      },
      'id 0 belongs to "x1" and "x2"',
    ],
    ['an empty special token', { table, layout: specialsFirstLayout(table, ['']) }, 'token 0 is ""'],
    [
      'half a surrogate pair',
      { table, layout: specialsFirstLayout(table, ['\ud83d']) },
      'token 0 is "\\ud83d"',
    ],
    [
      'ids that tables cannot hold',
      { table, layout: { ...small.layout, specials: [{ id: 1 << 24, content: 'x1' }] } },
      '"x1" has the id 16777216',
    ],
    [
      'special tokens that are stand-ins',
      { table, layout: specialsFirstLayout(table, ['é', '\ue000']) },
      '"\\ue000" has the ids 235 and 1',
    ],
    [
      'special tokens that hide a moved byte',
      {
        table,
        layout: {
          ...small.layout,
          specials: [
            { id: 1 + 0xe8, content: 'è' },
            { id: 0, content: 'é' },
          ],
        },
      },
      'which token spells byte e9',
    ],
  ])('refuses %s', (_, tokenizer: FormattableTokenizer, message) => {
    const format = () => formatTokenizerJson(tokenizer, { alphabet: 'latin1' });
    expect(format).toThrowError(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    expect(format).toThrowError(`Cannot write tokenizer.json: `);
    expect(format).toThrowError(message);
  });

  it('refuses an alphabet it does not know', () => {
    expect(() => formatTokenizerJson(small, { alphabet: 'utf8' as ByteAlphabet })).toThrowError(
      `the alphabet must be 'latin1' or 'gpt2', got "utf8".`,
    );
  });

  it('refuses tables that spell out to more than a file may hold', () => {
    const doubling = Array.from(
      { length: 16 },
      (_, k) => [k === 0 ? 0 : 255 + k, k === 0 ? 0 : 255 + k] as const,
    );
    const repeats = Array.from({ length: 600 }, (_, k) => [270, 270 - (k % 2)] as const);
    const huge = tableOf(...doubling, ...repeats);
    expect(() =>
      formatTokenizerJson({ table: huge, layout: specialsFirstLayout(huge, []) }, { alphabet: 'gpt2' }),
    ).toThrowError(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }));
  });
});

describe('what formatTokenizerJson writes', () => {
  /** Tables in the form that files have: parts are canonical, no pair twice. */
  const tables = fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 30 }).map((draws) => {
    const pairs: [number, number][] = [];
    for (const [l, r] of draws) {
      // Small alphabets make respelled tokens likely: a b c, spaces and the ends of the byte range.
      const base = [0x61, 0x62, 0x20, 0x00, 0xff, 0xe9];
      const canonical = canonicalRanks(tableOf(...pairs));
      const pick = (draw: number) => {
        const choice = draw % (base.length + pairs.length);
        return choice < base.length ? base[choice] : canonical[256 + choice - base.length];
      };
      const pair: [number, number] = [pick(l), pick(r)];
      if (!pairs.some(([a, b]) => a === pair[0] && b === pair[1])) pairs.push(pair);
    }
    return tableOf(...pairs);
  });

  const contents = fc.uniqueArray(
    fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('é', ' ', '__proto__', '\ue000')),
    {
      maxLength: 4,
    },
  );

  it.each(alphabets)('is read back the same, in %s', (alphabet) => {
    let written = 0;
    fc.assert(
      fc.property(
        tables,
        contents,
        contents,
        fc.infiniteStream(fc.integer({ min: 0, max: 1000 })),
        (table, specials, others, gaps) => {
          // Ids in a random order with holes; ranks of one spelling share one.
          let next = 0;
          const fresh = () => (next += 1 + (gaps.next().value as number));
          const entry = (content: string): SpecialToken => ({ id: fresh(), content });
          const tokens = specials.map(entry);
          const canonical = canonicalRanks(table);
          const ids = Uint32Array.from(canonical, fresh);
          for (const [rank, first] of canonical.entries()) ids[rank] = ids[first];
          const unreachable = others.filter((content) => !specials.includes(content)).map(entry);
          const size = Math.max(...ids, ...[...tokens, ...unreachable].map(({ id }) => id)) + 1;
          const tokenizer = { table, layout: { ids, specials: tokens, size }, unreachable };
          let text: string;
          try {
            text = formatTokenizerJson(tokenizer, { alphabet });
          } catch (error) {
            // A drawn token may spell a byte or a merge.
            expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' });
            return;
          }
          written++;
          expect(parseTokenizerJson(text)).toEqual({
            ...tokenizer,
            alphabet,
            addedTokens: tokens.map((token) => ({ ...token, special: true })),
          });
        },
      ),
      { numRuns: 150 },
    );
    expect(written).toBeGreaterThan(40);
  });

  it('is the same text after it was read', () => {
    for (const alphabet of alphabets) {
      const text = formatTokenizerJson(small, { alphabet });
      expect(formatTokenizerJson(parseTokenizerJson(text), { alphabet })).toBe(text);
    }
  });
});
