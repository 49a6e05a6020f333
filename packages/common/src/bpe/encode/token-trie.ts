import { PolytokError } from '../../errors.js';

/** Nodes a trie may have. Protects memory; reached only by hostile or enormous vocabularies. */
export const MAX_TRIE_NODES = 1 << 22;

/** No token, node or cell. */
export const NONE = 0xffffffff;

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
        { details: { limit: MAX_TRIE_NODES } },
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

/** A copy with room for `size` elements, the new ones 0. */
export function resized<T extends Uint8Array | Uint32Array>(array: T, size: number): T {
  const larger = new (array.constructor as new (length: number) => T)(size);
  larger.set(array);
  return larger;
}

function hash(node: number, byte: number): number {
  const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(byte + 1, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 3;
}
