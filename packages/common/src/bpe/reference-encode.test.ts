import { describe, expect, it } from 'vitest';
import { canonicalRanks } from './canonical-ranks.js';
import type { MergeTable } from './merge-table.js';
import { referenceEncode } from './reference-encode.js';

function tableOf(alphabetSize: number, pairs: readonly (readonly [number, number])[]): MergeTable {
  return {
    alphabetSize,
    left: Uint32Array.from(pairs, ([left]) => left),
    right: Uint32Array.from(pairs, ([, right]) => right),
  };
}

const encode = (table: MergeTable, symbols: number[]) => Array.from(referenceEncode(table, symbols));

describe('referenceEncode', () => {
  it('gives no tokens for no symbols and one for one', () => {
    const table = tableOf(2, [[0, 0]]);
    expect(encode(table, [])).toEqual([]);
    expect(encode(table, [1])).toEqual([1]);
  });

  it('prefers the lower rank to the earlier place', () => {
    // 3 = (1,2), 4 = (0,1): in 0 1 2 the second pair wins although the first stands before it.
    const table = tableOf(3, [
      [1, 2],
      [0, 1],
    ]);
    expect(encode(table, [0, 1, 2])).toEqual([0, 3]);
  });

  it('merges equal pairs from the left', () => {
    const table = tableOf(1, [[0, 0]]);
    expect(encode(table, [0, 0, 0])).toEqual([1, 0]);
    expect(encode(table, [0, 0, 0, 0, 0])).toEqual([1, 1, 0]);
  });

  it('goes on with merges of merges', () => {
    // 1 = 00, 2 = 0000, 3 = 00000
    const table = tableOf(1, [
      [0, 0],
      [1, 1],
      [2, 0],
    ]);
    expect(encode(table, [0, 0, 0, 0, 0])).toEqual([3]);
    expect(encode(table, [0, 0, 0, 0, 0, 0, 0])).toEqual([2, 1, 0]);
  });

  it('makes the earlier token when a merge spells one again', () => {
    // Alphabet a=0 b=1 c=2; 3 = ab, 4 = bc, 5 = ab+c, 6 = a+bc spells 5 again, 7 = abc+a
    const table = tableOf(3, [
      [0, 1],
      [1, 2],
      [3, 2],
      [0, 4],
      [5, 0],
    ]);
    expect(Array.from(canonicalRanks(table))).toEqual([0, 1, 2, 3, 4, 5, 5, 7]);
    expect(encode(table, [0, 1, 2, 0])).toEqual([7]);
    // Without ab the only way to abc is a+bc, and abc+a still follows.
    const withoutAb = tableOf(4, [
      [0, 3],
      [1, 2],
      [4, 2],
      [0, 5],
      [7, 0],
    ]);
    expect(encode(withoutAb, [0, 1, 2, 0])).toEqual([8]);
  });

  it('names the first symbol outside the alphabet', () => {
    const table = tableOf(2, [[0, 1]]);
    expect(() => referenceEncode(table, [0, 1, 2])).toThrowError(/Symbol 2 at position 2/);
    expect(() => referenceEncode(table, [0.5])).toThrowError(/Symbol 0.5 at position 0/);
  });
});
