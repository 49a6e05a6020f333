import { canonicalRanks } from '../canonical-ranks.js';
import type { MergeTable } from '../merge-table.js';
import {
  advanceChunks,
  type EncoderHandle,
  type EncodingState,
  type RankSink,
  startEncoding,
} from './advance-chunks.js';
import { Arena } from './arena.js';
import { findRuns } from './find-runs.js';
import { packTrie } from './pack-trie.js';
import { plantTokens } from './plant-tokens.js';
import { useReachableParts } from './reachable-parts.js';
import { spellTokens, symbolWidth, type TokenSymbols } from './token-symbols.js';
import { NONE } from './token-trie.js';
import { type EncoderExports, type EncoderLayout, instantiateEncoder } from './wasm-module.js';

/** Bytes whose input, output and scratch stay in the second-level cache. */
const CACHED_BYTES = 1 << 16;
/** Longest tokens that a block holds at least: finding its last final border costs a few at worst, squared. */
const TOKENS_PER_BLOCK = 64;
/** Bytes, and segments, that one call encodes at most where segments are short. */
const MAX_BATCH = 1 << 16;

/** How much is encoded at a time. Results do not depend on it; tests make it small. */
export interface EncoderSizes {
  /** Bytes encoded before looking how far they are final; a multiple of 4. Default: 65536, or 64 longest tokens. */
  readonly blockBytes?: number;
  /** Bytes handed to WebAssembly at a time; a multiple of 4. Default: 262144. */
  readonly chunkBytes?: number;
  /** Bytes that a stream gathers before it encodes. Default: 4096. */
  readonly gatherBytes?: number;
}

/** What another thread needs to encode alike: the tables, and where they lie. */
export interface EncoderImage extends Pick<EncoderHandle, 'scratchAt' | 'chunkBytes' | 'gatherBytes'> {
  /** The memory up to `scratchAt`. */
  readonly tables: Uint8Array;
  readonly layout: EncoderLayout;
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
  /** `(tokens)` lowest rank with the same spelling; undefined when every token is reachable, since all spellings differ then. */
  readonly canonical: Uint32Array | undefined;
  readonly #wasm: EncoderExports;
  readonly #layout: EncoderLayout;
  readonly #handle: EncoderHandle;

  /** @throws PolytokError `INVALID_FORMAT`, `LIMIT_EXCEEDED`, `UNSUPPORTED` (see {@link useReachableParts}) */
  constructor(table: MergeTable, sizes: EncoderSizes = {}) {
    const { chunkBytes = 1 << 18, gatherBytes = 1 << 12 } = sizes;
    const { alphabetSize, left, right } = table;
    const tokens = alphabetSize + left.length;
    this.spelled = spellTokens(table);
    this.width = symbolWidth(alphabetSize);
    const arena = new Arena();
    this.#wasm = instantiateEncoder(arena.memory);

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
    this.#wasm.configure(0, 0, 0, 0, ...products, 0, 0, 0, 0);
    const enter = (first: number, end: number) => {
      this.#wasm.indexProducts(first, end);
      this.#wasm.markReachable(first, end, flags.at);
    };
    flags.view().fill(1, 0, alphabetSize);
    enter(alphabetSize, tokens);
    if (flags.view().includes(0)) {
      this.canonical = canonicalRanks(table);
      slots.view().fill(NONE);
      filter.view().fill(0);
      useReachableParts(parts.view(), {
        alphabetSize,
        canonical: this.canonical,
        enter: (rank) => {
          enter(rank, rank + 1);
          return flags.view()[rank] === 1;
        },
      });
    }
    this.reachable = flags.view().slice();

    const { trie, nodeOf, longestOf } = plantTokens(this.spelled, parts.view(), this.reachable, alphabetSize);
    const { offsets } = this.spelled;
    const lengthView = lengths.view();
    const shorterView = shorter.view();
    let longestToken = 0;
    for (let token = 0; token < tokens; token++) {
      lengthView[token] = (offsets[token + 1] - offsets[token]) * this.width;
      if (!this.reachable[token]) continue;
      shorterView[token] = longestOf[trie.parent[nodeOf[token]]];
      longestToken = Math.max(longestToken, lengthView[token]);
    }
    const packed = packTrie(trie);
    const cells = arena.u32(packed.cells.length);
    cells.view().set(packed.cells);
    const longest = arena.u32(packed.cells.length, NONE);
    const longestView = longest.view();
    for (let node = 1; node < trie.nodes; node++) longestView[packed.cellOf[node]] = longestOf[node];
    const found = findRuns(trie, packed);
    const runOf = arena.u32(found.runOf.length);
    runOf.view().set(found.runOf);
    const runs = arena.u32(found.runs.length);
    runs.view().set(found.runs);
    const blockBytes = sizes.blockBytes ?? Math.max(CACHED_BYTES, TOKENS_PER_BLOCK * longestToken);
    this.#layout = [
      cells.at,
      longest.at,
      runOf.at,
      runs.at,
      ...products,
      packed.rootBase,
      longestToken,
      this.width,
      blockBytes,
    ];
    this.#wasm.configure(...this.#layout);
    this.#handle = {
      wasm: this.#wasm,
      memory: arena.memory,
      scratchAt: arena.end,
      reserve: (end) => arena.reserve(end),
      chunkBytes,
      gatherBytes,
    };
  }

  /** Whether the tokens (a, b), side by side, are the encoding of what they spell. */
  seamHolds(a: number, b: number): boolean {
    return this.#wasm.seamHolds(a, b) !== 0;
  }

  /** Encodes `bytes` behind `state`; see {@link advanceChunks}. */
  advance(state: EncodingState, bytes: Uint8Array, last: boolean, sink: RankSink): void {
    advanceChunks(this.#handle, state, bytes, last, sink);
  }

  /** Encodes each segment on its own; `ends` ascend to the length, in bytes. Many small segments go over at a time. */
  encodeSegments(bytes: Uint8Array, ends: ArrayLike<number>, sink: RankSink): void {
    let from = 0;
    for (let first = 0; first < ends.length; ) {
      let next = first + 1;
      while (next < ends.length && next - first < MAX_BATCH && ends[next] - from <= MAX_BATCH) next++;
      const to = ends[next - 1];
      const part = bytes.subarray(from, to);
      if (next === first + 1) {
        this.advance(startEncoding(), part, true, sink);
      } else {
        const partEnds = new Uint32Array(next - first);
        for (let k = first; k < next; k++) partEnds[k - first] = ends[k] - from;
        sink(this.#encodeBatch(part, partEnds));
      }
      from = to;
      first = next;
    }
  }

  #encodeBatch(bytes: Uint8Array, ends: Uint32Array): Uint32Array {
    const { memory, scratchAt, reserve } = this.#handle;
    const endsAt = Math.ceil((scratchAt + bytes.length) / 4) * 4;
    const out = endsAt + ends.byteLength;
    const scratch = out + 4 * bytes.length;
    reserve(scratch + 6 * (bytes.length + 1));
    new Uint8Array(memory.buffer).set(bytes, scratchAt);
    new Uint32Array(memory.buffer, endsAt).set(ends);
    const tokens = this.#wasm.encodeSegments(scratchAt, endsAt, ends.length, out, scratch);
    return new Uint32Array(memory.buffer, out, tokens);
  }

  /** A copy of the tables for other threads. */
  image(): EncoderImage {
    const { memory, scratchAt, chunkBytes, gatherBytes } = this.#handle;
    return {
      tables: new Uint8Array(memory.buffer).slice(0, scratchAt),
      layout: this.#layout,
      scratchAt,
      chunkBytes,
      gatherBytes,
    };
  }
}
