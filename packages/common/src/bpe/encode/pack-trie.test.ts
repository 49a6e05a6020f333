import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packTrie } from './pack-trie.js';
import { NONE, TokenTrie } from './token-trie.js';

const words = fc.array(fc.uint8Array({ minLength: 1, maxLength: 6 }), { maxLength: 60 });

/** Words of few symbols share their beginnings, words of all bytes do not. */
const anyWords = fc.oneof(
  words,
  words.map((list) => list.map((word) => word.map((byte) => byte & 3))),
);

function plant(list: readonly Uint8Array[]): { trie: TokenTrie; nodes: number[] } {
  const trie = new TokenTrie();
  const nodes = list.map((word) => {
    let node = 0;
    for (const byte of word) node = trie.step(node, byte);
    return node;
  });
  return { trie, nodes };
}

describe('TokenTrie', () => {
  it('has one node for each beginning of a word', () => {
    fc.assert(
      fc.property(anyWords, (list) => {
        const { trie, nodes } = plant(list);
        const beginnings = new Set(
          list.flatMap((word) => Array.from(word, (_, k) => word.slice(0, k + 1).join())),
        );
        expect(trie.nodes).toBe(1 + beginnings.size);
        expect(new Set(nodes).size).toBe(new Set(list.map((word) => word.join())).size);
      }),
    );
  });
});

describe('packTrie', () => {
  it('leads from each node to its children by their bytes, and nowhere by other bytes', () => {
    fc.assert(
      fc.property(anyWords, (list) => {
        const { trie } = plant(list);
        const { cells, cellOf, rootBase } = packTrie(trie);
        for (let node = 0; node < trie.nodes; node++) {
          const children = new Map<number, number>();
          for (let child = trie.child[node]; child !== 0; child = trie.sibling[child])
            children.set(trie.byteOf[child], child);
          const base = node === 0 ? rootBase : cells[cellOf[node]] >>> 9;
          for (let byte = 0; byte < 256; byte++) {
            const child = children.get(byte);
            expect((cells[base + byte] & 0x1ff) === byte).toBe(child !== undefined);
            if (child !== undefined) expect(cellOf[child]).toBe(base + byte);
          }
        }
        expect(cellOf[0]).toBe(NONE);
      }),
      { numRuns: 30 },
    );
  });

  it('packs a full node and many of one child without much loss', () => {
    const list = Array.from({ length: 20_000 }, (_, k) => Uint8Array.of(k & 255, (k >> 8) & 255, 7, 7));
    const { trie } = plant(list);
    expect(packTrie(trie).cells.length).toBeLessThan(2 * trie.nodes);
  });
});
