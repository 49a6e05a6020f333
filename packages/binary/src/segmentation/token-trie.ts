import { PolytokError } from '@polytok/common';

/** Most nodes of a trie, which take 20 to 36 bytes each; `node × 256 + byte` stays a 31-bit key. */
export const MAX_TRIE_NODES = 1 << 23;
/** The node of the empty string. */
const ROOT = 0;
/** No token. Inside, also a free slot. */
export const NONE = -1;

/**
 * Prefix tree over byte strings, or suffix tree when strings are read backward. Edges live in one open-addressing
 * hash table: a dense table of 256 children takes 1 KiB per node, which is 36 MB for 32,768 tokens and far beyond
 * any cache.
 */
export class TokenTrie {
  /** `(nodes)` id of the token that ends here, or {@link NONE}. */
  readonly #tokens: Int32Array;
  readonly #keys: Int32Array;
  readonly #children: Int32Array;
  readonly #shift: number;
  readonly #step: 1 | -1;

  /**
   * @param tokens non-empty byte strings; a token's id is its index
   * @param direction whether matches run forward from a position or backward
   * @throws PolytokError `INVALID_ARGUMENT` when two tokens are equal, `LIMIT_EXCEEDED`
   */
  constructor(tokens: readonly Uint8Array[], direction: 'forward' | 'backward') {
    this.#step = direction === 'forward' ? 1 : -1;
    const mostNodes = tokens.reduce((nodes, bytes) => nodes + bytes.length, 1);
    if (mostNodes > MAX_TRIE_NODES) {
      throw new PolytokError(
        'LIMIT_EXCEEDED',
        `The tokens hold ${mostNodes - 1} bytes in all; the limit is ${MAX_TRIE_NODES - 1}.`,
        { details: { bytes: mostNodes - 1, limit: MAX_TRIE_NODES - 1 } },
      );
    }
    const bits = Math.ceil(Math.log2(mostNodes)) + 1;
    this.#shift = 32 - bits;
    this.#keys = new Int32Array(2 ** bits).fill(NONE);
    this.#children = new Int32Array(2 ** bits);
    this.#tokens = new Int32Array(mostNodes).fill(NONE);
    let nodes = 1;
    for (let id = 0; id < tokens.length; id++) {
      const bytes = tokens[id];
      let node = ROOT;
      for (let i = 0; i < bytes.length; i++) {
        const byte = this.#step === 1 ? bytes[i] : bytes[bytes.length - 1 - i];
        const slot = this.#slot(node, byte);
        if (this.#keys[slot] === NONE) {
          this.#keys[slot] = (node << 8) | byte;
          this.#children[slot] = nodes++;
        }
        node = this.#children[slot];
      }
      if (this.#tokens[node] !== NONE) {
        throw new PolytokError(
          'INVALID_ARGUMENT',
          `Tokens ${this.#tokens[node]} and ${id} are the same bytes; remove one.`,
          {
            details: { first: this.#tokens[node], second: id },
          },
        );
      }
      this.#tokens[node] = id;
    }
  }

  /**
   * Id of the longest token that starts with `bytes[first]` and stops before `bytes[limit]`, read in the trie's
   * direction, or {@link NONE}.
   */
  longestMatch(bytes: Uint8Array, first: number, limit: number): number {
    let longest = NONE;
    let node = ROOT;
    for (let i = first; i !== limit; i += this.#step) {
      const slot = this.#slot(node, bytes[i]);
      if (this.#keys[slot] === NONE) break;
      node = this.#children[slot];
      if (this.#tokens[node] !== NONE) longest = this.#tokens[node];
    }
    return longest;
  }

  /**
   * All tokens that {@link longestMatch} chooses from, shortest first: writes their ids to `ids`, which has room for
   * as many as the longest token has bytes, and returns their number.
   */
  allMatches(bytes: Uint8Array, first: number, limit: number, ids: Int32Array): number {
    let count = 0;
    let node = ROOT;
    for (let i = first; i !== limit; i += this.#step) {
      const slot = this.#slot(node, bytes[i]);
      if (this.#keys[slot] === NONE) break;
      node = this.#children[slot];
      if (this.#tokens[node] !== NONE) ids[count++] = this.#tokens[node];
    }
    return count;
  }

  /** Slot that holds the edge, or the free one where it belongs. */
  #slot(node: number, byte: number): number {
    const key = (node << 8) | byte;
    const mask = this.#keys.length - 1;
    let slot = Math.imul(key, 0x9e3779b1) >>> this.#shift;
    while (this.#keys[slot] !== key && this.#keys[slot] !== NONE) slot = (slot + 1) & mask;
    return slot;
  }
}
