import { expect, it } from 'vitest';
import { findRuns } from './find-runs.js';
import { packTrie } from './pack-trie.js';
import { TokenTrie } from './token-trie.js';

function plant(...strings: readonly (readonly number[])[]): { trie: TokenTrie; ends: number[] } {
  const trie = new TokenTrie();
  const ends = strings.map((bytes) => bytes.reduce((node, byte) => trie.step(node, byte), 0));
  return { trie, ends };
}

const zeros = (count: number) => Array<number>(count).fill(0);

it('numbers the cells of a long run one after the other', () => {
  const { trie, ends } = plant(zeros(8), [5, ...zeros(9)], [5, ...zeros(3), 7]);
  const packed = packTrie(trie);
  const { runOf, runs } = findRuns(trie, packed);
  const [eighth, ninth, other] = ends.map((node) => packed.cellOf[node]);
  // Place 0 is none.
  expect(runs.length).toBe(2 * (1 + 8 + 9));
  expect(runOf[other]).toBe(0);
  for (const [cell, length] of [
    [eighth, 8],
    [ninth, 9],
  ]) {
    const last = runOf[cell];
    for (let place = last - length + 1; place <= last; place++) {
      expect([runOf[runs[2 * place]], runs[2 * place + 1]]).toEqual([place, last]);
    }
  }
});

it('leaves short runs to be walked', () => {
  const { trie } = plant(zeros(7), [1, ...zeros(7)]);
  const { runOf, runs } = findRuns(trie, packTrie(trie));
  expect(runOf.every((place) => place === 0)).toBe(true);
  expect([...runs]).toEqual([0, 0]);
});
