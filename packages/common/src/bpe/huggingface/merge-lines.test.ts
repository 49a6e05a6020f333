import { describe, expect, it } from 'vitest';
import { tokenizerFile } from './fixtures.js';
import { parseTokenizerJson } from './parse-tokenizer-json.js';

/** Merges read from lines, as ranks. The vocabulary holds the bytes and `tokens`, from id 256 on. */
function read(lines: string[], tokens: string[]): number[][] {
  const file = tokenizerFile([], Object.fromEntries(tokens.map((token, i) => [token, 256 + i])));
  file.model.merges = lines;
  const { table } = parseTokenizerJson(JSON.stringify(file));
  return Array.from(table.left, (left, k) => [left, table.right[k]]);
}

const [a, b, space] = [0x61, 0x62, 0x20];

describe('merges written as lines', () => {
  it('divide at their only space', () => {
    expect(read(['a b', 'ab a'], ['ab', 'aba'])).toEqual([
      [a, b],
      [256, a],
    ]);
  });

  it('may begin with the header of a merges.txt', () => {
    expect(read(['#version: 0.2', 'a b'], ['ab'])).toEqual([[a, b]]);
  });

  it('join tokens that are or hold spaces', () => {
    expect(read(['   ', 'a  ', '   b'], ['  ', 'a ', '  b'])).toEqual([
      [space, space],
      [a, space],
      [256, b],
    ]);
  });

  it('divide where the earlier merges leave the halves side by side', () => {
    // Three spaces become (two, one) after the first merge, never (one, two).
    expect(read(['   ', '    '], ['  ', '   '])).toEqual([
      [space, space],
      [256, space],
    ]);
  });

  it('leave out a division whose half is made later', () => {
    // "b" + "a a" would need "a a", which the third line makes; "b a" + "a" is ready.
    const lines = ['b  ', 'b  a', 'b a a', 'a  ', 'a  a'];
    expect(read(lines, ['b ', 'b a', 'b aa', 'a ', 'a a', 'ba a'])[2]).toEqual([257, a]);
  });

  it('leave out a division whose product another line makes', () => {
    // "a b a" is "a" + "b a" = "ab a", or "a b" + "a" = "a ba". The last line makes "ab a" out of "ab" and " a".
    const lines = ['b  ', 'a  ', 'b  a', 'a  b', 'a b a', 'a b', '  a', 'ab  a'];
    const tokens = ['b ', 'a ', 'b a', 'a b', 'a ba', 'ab', ' a', 'ab a'];
    expect(read(lines, tokens)[4]).toEqual([259, a]);
  });

  it('are refused when two divisions would make different tokens', () => {
    const lines = ['b  ', 'a  ', 'b  a', 'a  b', 'a b a'];
    const tokens = ['b ', 'a ', 'b a', 'a b', 'a ba', 'ab a'];
    expect(() => read(lines, tokens)).toThrowError(
      'model.merges[4] is ambiguous: "a" + "b a" or "a b" + "a". Write merges as arrays',
    );
  });

  it.each(['ab', ' a', 'a ', '', ' '])('are refused when they do not divide: %j', (line) => {
    expect(() => read([line], ['ab'])).toThrowError(/model\.merges\[0\].*does not divide/);
  });

  it('are refused when the search for divisions would take too long', () => {
    expect(() => read([' '.repeat(20_000)], ['  '])).toThrowError(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });
});
