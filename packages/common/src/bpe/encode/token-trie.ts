import { PolytokError } from '../../errors.js';

/** Nodes a trie may have: cells carry 23-bit bases. Reached only by hostile or enormous vocabularies. */
export const MAX_TRIE_NODES = 1 << 22;

/** No token, node or cell. */
export const NONE = 0xffffffff;

/** Byte field of a free cell; no byte equals it. */
const FREE = 0x1ff;
/** Cells `[0, 256)` stay free: leaves have base 0, so that every step from a leaf fails. */
const FIRST_BASE = 256;

/** Prefix tree over the bytes of tokens, before it is packed. Node 0 is the root. */
export class TokenTrie {
  nodes = 1;
  /** Per node: its byte, parent, first child, next sibling. */
  byteOf = new Uint8Array(1 << 10);
  parent = new Uint32Array(1 << 10);
  child = new Uint32Array(1 << 10);
  sibling = new Uint32Array(1 << 10);
  /** Children by (node, byte). */
  #slots = new Uint32Array(1 << 12);

  /** Node for the string of `node` followed by `byte`, made if it is not there. */
  step(node: number, byte: number): number {
    let mask = this.#slots.length - 1;
    let slot = hash(node, byte) & mask;
    for (let found = this.#slots[slot]; found !== 0; found = this.#slots[slot]) {
      if (this.parent[found] === node && this.byteOf[found] === byte) return found;
      slot = (slot + 1) & mask;
    }
    if (this.nodes === MAX_TRIE_NODES) {
      throw new PolytokError(
        'LIMIT_EXCEEDED',
        `The vocabulary's tokens need more than ${MAX_TRIE_NODES} trie nodes. Use a smaller vocabulary or shorter tokens.`,
        {
          details: { limit: MAX_TRIE_NODES },
        },
      );
    }
    if (this.nodes === this.parent.length) this.#grow();
    const made = this.nodes++;
    this.byteOf[made] = byte;
    this.parent[made] = node;
    this.sibling[made] = this.child[node];
    this.child[node] = made;
    mask = this.#slots.length - 1;
    slot = hash(node, byte) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = made;
    return made;
  }

  #grow(): void {
    const size = this.parent.length * 2;
    this.byteOf = resized(this.byteOf, size);
    this.parent = resized(this.parent, size);
    this.child = resized(this.child, size);
    this.sibling = resized(this.sibling, size);
    this.#slots = new Uint32Array(size * 2);
    const mask = this.#slots.length - 1;
    for (let node = 1; node < this.nodes; node++) {
      let slot = hash(this.parent[node], this.byteOf[node]) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = node;
    }
  }
}

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

function resized<T extends Uint8Array | Uint32Array>(array: T, size: number): T {
  const larger = new (array.constructor as new (length: number) => T)(size);
  larger.set(array);
  return larger;
}

function hash(node: number, byte: number): number {
  const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(byte + 1, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 3;
}
