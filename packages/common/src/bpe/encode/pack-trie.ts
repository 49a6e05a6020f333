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
 * Nodes with many children are placed first, each at the first base that fits; those with few fill the holes.
 *
 * @throws PolytokError `LIMIT_EXCEEDED`
 */
export function packTrie(trie: TokenTrie): PackedTrie {
  const { nodes, byteOf, parent } = trie;
  const places = new Places(nodes);
  const baseOf = new Uint32Array(nodes);
  const bytes = new Uint8Array(256);
  let before = 256;
  for (const node of byChildren(trie)) {
    let count = 0;
    for (let c = trie.child[node]; c !== 0; c = trie.sibling[c]) bytes[count++] = byteOf[c];
    if (count < before && count <= FEW) places.rewind();
    before = count;
    baseOf[node] = places.take(bytes, count);
  }
  const cells = new Uint32Array(places.end).fill(FREE);
  const cellOf = new Uint32Array(nodes).fill(NONE);
  for (let node = 1; node < nodes; node++) {
    cellOf[node] = baseOf[parent[node]] + byteOf[node];
    cells[cellOf[node]] = (baseOf[node] << 9) | byteOf[node];
  }
  return { cells, cellOf, rootBase: baseOf[0] };
}

/** Nodes that have children, those with most first, otherwise in their own order. */
function byChildren({ nodes, parent }: TokenTrie): Uint32Array {
  const counts = new Uint16Array(nodes);
  for (let node = 1; node < nodes; node++) counts[parent[node]]++;
  const startOf = new Uint32Array(258);
  for (let node = 0; node < nodes; node++) startOf[256 - counts[node] + 1]++;
  for (let k = 1; k < 258; k++) startOf[k] += startOf[k - 1];
  const order = new Uint32Array(startOf[256]);
  for (let node = 0; node < nodes; node++) if (counts[node] > 0) order[startOf[256 - counts[node]]++] = node;
  return order;
}

/** Failed places, and cells passed over, after which the search for further nodes starts where this one ends. */
const CROWDED = 16;
const LONG_SEARCH = 1 << 12;
/** Nodes with as few children fit into the holes that larger ones left. */
const FEW = 4;

/** Which cells and bases are taken. */
class Places {
  /** Cells that any step can reach, so far. */
  end = FIRST_BASE + 512;
  readonly #nodes: number;
  #cells: Uint8Array;
  #bases: Uint8Array;
  #first = FIRST_BASE + 256;

  constructor(nodes: number) {
    this.#nodes = nodes;
    this.#cells = new Uint8Array(FIRST_BASE + nodes * 2 + 1024);
    this.#bases = new Uint8Array(this.#cells.length);
  }

  /** Takes the first free base whose cells for all the bytes are free. @throws PolytokError `LIMIT_EXCEEDED` */
  take(bytes: Uint8Array, count: number): number {
    let cells = this.#cells;
    let bases = this.#bases;
    const lead = bytes[0];
    let failed = 0;
    let cell = this.#first;
    for (; ; cell++) {
      if (cell + 512 > cells.length) {
        this.#grow();
        cells = this.#cells;
        bases = this.#bases;
      }
      if (cells[cell] !== 0) continue;
      const base = cell - lead;
      if (bases[base] === 0) {
        let k = 1;
        while (k < count && cells[base + bytes[k]] === 0) k++;
        if (k === count) break;
      }
      failed++;
    }
    const base = cell - lead;
    if (base > MAX_BASE) {
      throw new PolytokError(
        'LIMIT_EXCEEDED',
        `The vocabulary's trie of ${this.#nodes} nodes does not fit into ${MAX_BASE} cells. Use a smaller vocabulary or shorter tokens.`,
        { details: { nodes: this.#nodes, cells: MAX_BASE } },
      );
    }
    bases[base] = 1;
    for (let k = 0; k < count; k++) cells[base + bytes[k]] = 1;
    // Crowded stretches are not searched again and again by nodes that will not fit there either.
    if (failed >= CROWDED || cell - this.#first >= LONG_SEARCH) this.#first = cell;
    while (cells[this.#first] !== 0) this.#first++;
    this.end = Math.max(this.end, base + 512);
    return base;
  }

  /** Searches from the beginning again. */
  rewind(): void {
    this.#first = FIRST_BASE + 256;
  }

  #grow(): void {
    this.#cells = resized(this.#cells, this.#cells.length * 2);
    this.#bases = resized(this.#bases, this.#cells.length);
  }
}
