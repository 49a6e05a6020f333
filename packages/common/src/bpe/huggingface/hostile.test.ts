import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPolytokError } from '../../errors.js';
import { tokenLengths } from '../merge-table.js';
import { type TokenizerFile, tokenizerFile, withMergeLines } from './fixtures.js';
import { parseTokenizerJson } from './parse-tokenizer-json.js';

const { files }: { files: { latin1: TokenizerFile; gpt2: TokenizerFile } } = JSON.parse(
  readFileSync(new URL('../../../goldens/huggingface.json', import.meta.url), 'utf8'),
);
const small = tokenizerFile([
  ['a', 'b'],
  [' ', ' '],
  ['ab', '  '],
]);
const texts = [files.latin1, files.gpt2, small, withMergeLines(small), withMergeLines(files.latin1)].map(
  (file) => JSON.stringify(file),
);

/** A parsed file is consistent, or a PolytokError says why there is none. */
function parseOrRefuse(source: string | Uint8Array): void {
  try {
    const { table, layout } = parseTokenizerJson(source);
    expect(layout.ids.length).toBe(tokenLengths(table).length);
    expect(layout.size).toBeGreaterThan(Math.max(...layout.ids));
  } catch (error) {
    if (!isPolytokError(error)) throw error;
    expect(['INVALID_FORMAT', 'UNSUPPORTED', 'LIMIT_EXCEEDED']).toContain(error.code);
    expect(error.message.length).toBeLessThan(2000);
  }
}

describe('parseTokenizerJson on hostile input', () => {
  it('survives files with bytes overwritten, removed or repeated', () => {
    const edit = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      remove: fc.nat({ max: 40 }),
      insert: fc.oneof(
        fc.uint8Array({ maxLength: 8 }),
        fc
          .constantFrom(
            '"',
            '\\',
            '[',
            ']',
            '{',
            '}',
            ':',
            ',',
            '-1',
            '1e9',
            '0.5',
            'null',
            'true',
            '"__proto__":',
            '"a",',
            '\\ud800',
            '\\u0000',
          )
          .map((text) => new TextEncoder().encode(text)),
      ),
    });
    const sources = texts.map((text) => new TextEncoder().encode(text));
    fc.assert(
      fc.property(
        fc.constantFrom(...sources),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        (source, edits) => {
          let bytes = source;
          for (const { at, remove, insert } of edits) {
            const start = Math.floor(at * bytes.length);
            bytes = Uint8Array.from([
              ...bytes.subarray(0, start),
              ...insert,
              ...bytes.subarray(start + remove),
            ]);
          }
          parseOrRefuse(bytes);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('survives files with values replaced, and still reads files afterwards', () => {
    const paths = [
      'model',
      'added_tokens',
      'normalizer',
      'pre_tokenizer',
      'model.type',
      'model.vocab',
      'model.merges',
      'model.dropout',
      'model.vocab.a',
      'model.vocab.ab',
      'model.vocab.__proto__',
      'model.merges.0',
      'model.merges.2',
      'model.merges.1.0',
      'added_tokens.0',
      'added_tokens.0.id',
      'added_tokens.0.content',
    ];
    const values = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.nat(),
      fc.constantFrom('a', 'ab', ' ', 'BPE', '\ue000', ['a', 'b']),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...paths), values), { minLength: 1, maxLength: 3 }),
        (changes) => {
          const file = JSON.parse(texts[2]);
          // Copies: a value that is put into itself has no JSON.
          for (const [path, value] of changes) replace(file, path.split('.'), structuredClone(value));
          parseOrRefuse(JSON.stringify(file));
        },
      ),
      { numRuns: 1000 },
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(parseTokenizerJson(texts[2]).table.left.length).toBe(3);
  });

  it('survives merges in any order and lines of any spaces', () => {
    const token = fc.string({ unit: fc.constantFrom(' ', 'a', 'b'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.uniqueArray(token, { maxLength: 40 }),
        fc.array(fc.tuple(token, token), { maxLength: 12 }),
        fc.boolean(),
        (tokens, merges, asLines) => {
          const file = tokenizerFile([], Object.fromEntries(tokens.map((content, i) => [content, 300 + i])));
          file.model.merges = merges;
          parseOrRefuse(JSON.stringify(asLines ? withMergeLines(file) : file));
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['a million empty merges', `{"model":{"vocab":{},"merges":[${'[],'.repeat(1_000_000)}0]}}`],
    ['a vocabulary of one long token', JSON.stringify({ model: { vocab: { [' '.repeat(10_000_000)]: 0 } } })],
    [
      'added tokens of added tokens',
      `{"model":{"vocab":{}},"added_tokens":[${'{"content":"x","id":1},'.repeat(500_000)}0]}`,
    ],
    ['long lines of spaces', JSON.stringify(lines(' '.repeat(4_000), 60))],
    ['ten million quotes', '"'.repeat(10_000_000)],
    ['ten million backslashes', `"${'\\'.repeat(10_000_000)}`],
  ])('answers within seconds to %s', (_, text) => {
    const start = performance.now();
    parseOrRefuse(text);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

/** A file whose merges are `count` times the same line. */
function lines(line: string, count: number): TokenizerFile {
  const file = tokenizerFile([[' ', ' ']]);
  file.model.merges = Array(count).fill(line);
  return file;
}

/** Sets what stands at `path`, as far as it leads; `__proto__` becomes an own property. */
function replace(target: unknown, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (typeof target !== 'object' || target === null) return;
  if (rest.length > 0) replace((target as Record<string, unknown>)[key], rest, value);
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
