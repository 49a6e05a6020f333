import { describe, expect, it } from 'vitest';
import { decodeJsonLines } from './token-jsonl.js';

const line = (changes: Record<string, unknown> = {}) =>
  JSON.stringify({
    source: 'a',
    modality: 'action',
    fingerprint: 'f',
    codebooks: 1,
    length: 2,
    dtype: 'u16',
    alignment: { kind: 'whole', length: 2 },
    ids: [1, 2],
    ...changes,
  });
const decode = (text: string) => decodeJsonLines(new TextEncoder().encode(text));

describe('decodeJsonLines', () => {
  it('accepts blank lines, Windows line ends and a missing last line feed', () => {
    const sources = decode(`${line()}\r\n\n${line({ source: 'b' })}`).map(({ source }) => source);
    expect(sources).toEqual(['a', 'b']);
  });

  it('ignores fields it does not know', () => {
    expect(Object.keys(decode(line({ note: 'x', __proto__: { polluted: true } }))[0]).sort()).toEqual([
      'alignment',
      'codebooks',
      'fingerprint',
      'ids',
      'length',
      'modality',
      'source',
    ]);
  });

  it.each([
    ['a truncated line', line().slice(0, -5)],
    ['a list', '[]'],
    ['null', 'null'],
    ['a missing source', line({ source: undefined })],
    ['a number as fingerprint', line({ fingerprint: 1 })],
    ['too few ids', line({ ids: [1] })],
    ['ids that are no list', line({ ids: 'ab' })],
    ['an unknown dtype', line({ dtype: 'i8' })],
    ['half a codebook', line({ codebooks: 0.5 })],
    ['more codebooks than any tokenizer', line({ codebooks: 1e9, length: 0, ids: [] })],
    ['a negative length', line({ length: -2 })],
    ['an unknown alignment', line({ alignment: { kind: 'spiral' } })],
    ['no alignment', line({ alignment: null })],
  ])('refuses %s and names the line', (_, text) => {
    expect(() => decode(`${line()}\n${text}\n`)).toThrow(
      expect.objectContaining({ code: 'INVALID_FORMAT', message: expect.stringContaining('Line 2') }),
    );
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(() => decodeJsonLines(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(
      expect.objectContaining({ code: 'INVALID_FORMAT' }),
    );
  });

  it.each([[-1], [1.5], [65536], ['1'], [null]])('refuses the id %s', (id) => {
    expect(() => decode(line({ ids: [1, id] }))).toThrow(
      expect.objectContaining({ code: 'ID_OUT_OF_RANGE' }),
    );
  });
});
