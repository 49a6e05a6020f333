import type { MergeTable } from '../merge-table.js';
import { advanceChunks, type EncodingState, type RankSink, startEncoding } from './advance-chunks.js';
import { spellTokens, symbolWidth, type TokenSymbols } from './token-symbols.js';
import { NONE, packTrie, TokenTrie } from './token-trie.js';
import { type EncoderExports, type EncoderLayout, instantiateEncoder } from './wasm-module.js';

const PAGE = 1 << 16;
/** Bytes, and segments, that one call encodes at most where segments are short. */
const MAX_BATCH = 1 << 16;

/** What another thread needs to encode alike: the tables, and where they lie. */
export interface EncoderImage {
  /** The memory up to `scratchAt`. */
  readonly tables: Uint8Array;
  readonly layout: EncoderLayout;
  readonly scratchAt: number;
}

/**
 * Encoder over ranks: tables and scratch in one WebAssembly memory. Symbols wider than a byte are encoded as
 * their little-endian bytes; every token is a whole number of symbols, so nothing else changes.
 */
export class RankEncoder {
  readonly spelled: TokenSymbols;
  /** Bytes per symbol. */
  readonly width: 1 | 2 | 4;
  /** `(tokens)` 1 where the token encodes to itself; the others never occur in an encoding. */
  readonly reachable: Uint8Array;
  readonly #memory: WebAssembly.Memory;
  readonly #wasm: EncoderExports;
  readonly #layout: EncoderLayout;
  readonly #scratchAt: number;

  constructor(table: MergeTable) {
    const { alphabetSize, left, right } = table;
    const tokens = alphabetSize + left.length;
    this.spelled = spellTokens(table);
    this.width = symbolWidth(alphabetSize);
    this.#memory = new WebAssembly.Memory({ initial: 1 });
    this.#wasm = instantiateEncoder(this.#memory);
    const arena = new Arena(this.#memory);

    const parts = arena.u32(tokens * 2);
    const partsView = parts.view();
    for (let k = 0, at = alphabetSize * 2; k < left.length; k++) {
      partsView[at++] = left[k];
      partsView[at++] = right[k];
    }
    // Slots are at most half full; the filter has 16 to 32 bits per merge.
    const slotBits = Math.max(4, Math.ceil(Math.log2(Math.max(1, left.length))) + 1);
    const filterBits = slotBits + 4;
    const slots = arena.u32(1 << slotBits, NONE);
    const filter = arena.bytes(1 << (filterBits - 3));
    const lengths = arena.u32(tokens);
    const shorter = arena.u32(tokens, NONE);
    const flags = arena.bytes(tokens);
    const products = [
      parts.at,
      lengths.at,
      shorter.at,
      filter.at,
      filterBits,
      slots.at,
      slotBits,
      alphabetSize,
    ] as const;
    this.#wasm.configure(0, 0, ...products, 0, 0, 0);
    this.#wasm.indexProducts(alphabetSize, tokens);
    this.#wasm.markReachable(alphabetSize, tokens, flags.at);
    this.reachable = flags.view().slice();

    const { trie, nodeOf, longestOf, longestToken } = this.#plantTrie(table);
    const { offsets } = this.spelled;
    const lengthView = lengths.view();
    const shorterView = shorter.view();
    for (let token = 0; token < tokens; token++) {
      lengthView[token] = (offsets[token + 1] - offsets[token]) * this.width;
      if (nodeOf[token] !== NONE) shorterView[token] = longestOf[trie.parent[nodeOf[token]]];
    }
    const packed = packTrie(trie);
    const cells = arena.u32(packed.cells.length);
    cells.view().set(packed.cells);
    const longest = arena.u32(packed.cells.length, NONE);
    const longestView = longest.view();
    for (let node = 1; node < trie.nodes; node++) longestView[packed.cellOf[node]] = longestOf[node];
    this.#layout = [cells.at, longest.at, ...products, packed.rootBase, longestToken, this.width];
    this.#wasm.configure(...this.#layout);
    this.#scratchAt = arena.end;
  }

  /** Whether the tokens (a, b), side by side, are the encoding of what they spell. */
  seamHolds(a: number, b: number): boolean {
    return this.#wasm.seamHolds(a, b) !== 0;
  }

  /** Encodes `bytes` behind `state`; see {@link advanceChunks}. */
  advance(state: EncodingState, bytes: Uint8Array, last: boolean, sink: RankSink): void {
    advanceChunks(this.#wasm, this.#memory, this.#scratchAt, state, bytes, last, sink);
  }

  /** Encodes each segment on its own; `ends` ascend to the length, in bytes. Many small segments go over at a time. */
  encodeSegments(bytes: Uint8Array, ends: ArrayLike<number>, sink: RankSink): void {
    let from = 0;
    for (let k = 0; k < ends.length; ) {
      let last = k + 1;
      while (last < ends.length && last - k < MAX_BATCH && ends[last] - from <= MAX_BATCH) last++;
      const to = ends[last - 1];
      if (last === k + 1) this.advance(startEncoding(), bytes.subarray(from, to), true, sink);
      else
        sink(
          this.#encodeBatch(
            bytes.subarray(from, to),
            Uint32Array.from({ length: last - k }, (_, i) => ends[k + i] - from),
          ),
        );
      from = to;
      k = last;
    }
  }

  #encodeBatch(bytes: Uint8Array, ends: Uint32Array): Uint32Array {
    const endsAt = align(this.#scratchAt + bytes.length);
    const out = endsAt + ends.byteLength;
    const scratch = out + 4 * bytes.length;
    growTo(this.#memory, scratch + 6 * (bytes.length + 1));
    new Uint8Array(this.#memory.buffer).set(bytes, this.#scratchAt);
    new Uint32Array(this.#memory.buffer, endsAt).set(ends);
    const tokens = this.#wasm.encodeSegments(this.#scratchAt, endsAt, ends.length, out, scratch);
    return new Uint32Array(this.#memory.buffer, out, tokens);
  }

  /** A copy of the tables for other threads. */
  image(): EncoderImage {
    return {
      tables: new Uint8Array(this.#memory.buffer).slice(0, this.#scratchAt),
      layout: this.#layout,
      scratchAt: this.#scratchAt,
    };
  }

  /** Enters every reachable token. `longestOf` is, per node, the longest token that is a prefix of its string. */
  #plantTrie({ alphabetSize, left, right }: MergeTable) {
    const { symbols, offsets } = this.spelled;
    const bytes = new Uint8Array(symbols.buffer, symbols.byteOffset, symbols.byteLength);
    const tokens = alphabetSize + left.length;
    const width = this.width;
    const trie = new TokenTrie();
    const nodeOf = new Uint32Array(tokens).fill(NONE);
    let longestToken = 0;
    for (let token = 0; token < tokens; token++) {
      if (!this.reachable[token]) continue;
      // A merge continues at the node of its left part, which is reachable if the merge is.
      const rest = token < alphabetSize ? token : right[token - alphabetSize];
      let node = token < alphabetSize ? 0 : nodeOf[left[token - alphabetSize]];
      const end = offsets[rest + 1] * width;
      for (let k = offsets[rest] * width; k < end; k++) node = trie.step(node, bytes[k]);
      nodeOf[token] = node;
      longestToken = Math.max(longestToken, (offsets[token + 1] - offsets[token]) * width);
    }
    const longestOf = new Uint32Array(trie.nodes).fill(NONE);
    for (let token = 0; token < tokens; token++) if (nodeOf[token] !== NONE) longestOf[nodeOf[token]] = token;
    for (let node = 1; node < trie.nodes; node++) {
      if (longestOf[node] === NONE) longestOf[node] = longestOf[trie.parent[node]];
    }
    return { trie, nodeOf, longestOf, longestToken };
  }
}

/** Bump allocator over a WebAssembly memory. Views are made anew on each use, as growing detaches them. */
class Arena {
  end = 64;
  readonly #memory: WebAssembly.Memory;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
  }

  bytes(length: number): { at: number; view(): Uint8Array } {
    const at = this.end;
    this.end = align(at + length);
    growTo(this.#memory, this.end);
    return { at, view: () => new Uint8Array(this.#memory.buffer, at, length) };
  }

  u32(length: number, fill = 0): { at: number; view(): Uint32Array } {
    const { at } = this.bytes(length * 4);
    const view = () => new Uint32Array(this.#memory.buffer, at, length);
    if (fill !== 0) view().fill(fill);
    return { at, view };
  }
}

function align(address: number): number {
  return (address + 15) & ~15;
}

function growTo(memory: WebAssembly.Memory, end: number): void {
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
}
