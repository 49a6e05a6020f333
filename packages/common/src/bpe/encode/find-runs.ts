import type { PackedTrie } from './pack-trie.js';
import type { TokenTrie } from './token-trie.js';

/** Runs of fewer nodes are walked: to jump costs as much as some steps. */
export const SHORTEST_RUN = 8;

/** Paths of a trie along which the byte stays the same. */
export interface TrieRuns {
  /** Per cell: its place among the runs; 0 where it is in none. */
  readonly runOf: Uint32Array;
  /** `(places, 2)`: cell, and last place of the run. A run's places follow each other; place 0 is none. */
  readonly runs: Uint32Array;
}

/** Finds the runs of {@link SHORTEST_RUN} nodes or more, so that the encoder can jump along them. */
export function findRuns({ nodes, byteOf, parent }: TokenTrie, { cells, cellOf }: PackedTrie): TrieRuns {
  const goesOn = (node: number) => parent[node] !== 0 && byteOf[node] === byteOf[parent[node]];
  const next = new Uint32Array(nodes);
  for (let node = 1; node < nodes; node++) if (goesOn(node)) next[parent[node]] = node;
  const runOf = new Uint32Array(cells.length);
  const runs = [0, 0];
  for (let start = 1; start < nodes; start++) {
    if (goesOn(start)) continue;
    let length = 0;
    for (let node = start; node !== 0; node = next[node]) length++;
    if (length < SHORTEST_RUN) continue;
    const last = runs.length / 2 + length - 1;
    for (let node = start; node !== 0; node = next[node]) {
      runOf[cellOf[node]] = runs.length / 2;
      runs.push(cellOf[node], last);
    }
  }
  return { runOf, runs: Uint32Array.from(runs) };
}
