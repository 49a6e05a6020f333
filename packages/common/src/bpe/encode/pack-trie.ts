import { PolytokError } from '../../errors.js';
import { NONE, resized, type TokenTrie } from './token-trie.js';

/** Byte field of a free cell; no byte equals it. */
const FREE = 0x1ff;
/** Cells `[0, 256)` stay free: leaves have base 0, so that every step from a leaf fails. */
const FIRST_BASE = 256;
/** Bases have 23 bits of a cell. */
const MAX_BASE = (1 << 23) - 1;

/** A trie in one array: the child of base `b` for byte `c` is cell `b + c`, if that cell's byte field is `c`. */
export interface PackedTrie {
  /** Per cell: base << 9 | byte field. */
  readonly cells: Uint32Array;
  /** Cell of each node; the root has none (NONE). */
  readonly cellOf: Uint32Array;
  readonly rootBase: number;
}

/**
 * Packs a trie into a double array. No two nodes share a base, so the byte alone tells whose child a cell is.
 * Nodes are placed first come, first served at the first base that fits; the search starts where space was last found.
 *
 * @throws PolytokError `LIMIT_EXCEEDED`
 */
export function packTrie(trie: TokenTrie): PackedTrie {
  const { nodes, byteOf, child, sibling } = trie;
  let cells = new Uint32Array(FIRST_BASE + nodes * 2 + 1024).fill(FREE);
  let baseTaken = new Uint8Array(cells.length);
  const cellOf = new Uint32Array(nodes).fill(NONE);
  let rootBase = 0;
  let firstFree = FIRST_BASE + 256;
  let top = firstFree;
  const bytes = new Uint8Array(256);

  for (let node = 0; node < nodes; node++) {
    let count = 0;
    let lowest = 255;
    for (let c = child[node]; c !== 0; c = sibling[c]) {
      bytes[count++] = byteOf[c];
      if (byteOf[c] < lowest) lowest = byteOf[c];
    }
    if (count === 0) continue;
    const base = findBase(count, lowest);
    if (node === 0) rootBase = base;
    else cells[cellOf[node]] = (base << 9) | (cells[cellOf[node]] & FREE);
    baseTaken[base] = 1;
    for (let c = child[node]; c !== 0; c = sibling[c]) {
      cells[base + byteOf[c]] = byteOf[c];
      cellOf[c] = base + byteOf[c];
    }
    top = Math.max(top, base + 256);
    while (cells[firstFree] !== FREE) firstFree++;
  }
  return { cells: cells.slice(0, top + 256), cellOf, rootBase };

  function findBase(count: number, lowest: number): number {
    let cell = firstFree;
    for (let tries = 0; ; cell++) {
      if (cell + 512 > cells.length) grow();
      if (cells[cell] !== FREE) continue;
      const base = cell - lowest;
      if (base > MAX_BASE) {
        throw new PolytokError(
          'LIMIT_EXCEEDED',
          `The vocabulary's trie of ${nodes} nodes does not fit into ${MAX_BASE} cells. Use a smaller vocabulary or shorter tokens.`,
          { details: { nodes, cells: MAX_BASE } },
        );
      }
      if (base >= FIRST_BASE && baseTaken[base] === 0 && fits(base, count)) return base;
      // Crowded beginnings are not searched again and again: after enough failures later nodes start further on.
      if (++tries === 64) firstFree = cell;
    }
  }

  function fits(base: number, count: number): boolean {
    for (let k = 0; k < count; k++) if (cells[base + bytes[k]] !== FREE) return false;
    return true;
  }

  function grow(): void {
    const size = cells.length * 2;
    const larger = new Uint32Array(size).fill(FREE);
    larger.set(cells);
    cells = larger;
    baseTaken = resized(baseTaken, size);
  }
}
