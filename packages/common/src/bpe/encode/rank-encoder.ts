import type { MergeTable } from '../merge-table.js';
import { spellTokens, symbolWidth, type TokenSymbols } from './token-symbols.js';
import { NONE, packTrie, TokenTrie } from './token-trie.js';
import { type EncoderExports, instantiateEncoder } from './wasm-module.js';

/** Context before the first token. */
export const START = 0xfffffffe;

/** Bytes encoded at a time: input, output and scratch of a block stay in the second-level cache. */
const BLOCK = 1 << 16;
/** Bytes a stream gathers before it encodes them. */
const GATHER = 1 << 12;
/** Bytes behind the end of a block in which its final border is looked for first, beside the longest token. */
const SETTLE_REACH = 256;
const PAGE = 1 << 16;

/** A stretch of final tokens. The array is a view into scratch memory, valid until the next call. */
export type RankSink = (ranks: Uint32Array) => void;

/** What a stream keeps between two calls. */
export interface StreamState {
  /** Last final token. */
  context: number;
  /** Bytes behind it. */
  carry: Uint8Array;
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
  /** Longest reachable token in bytes. */
  readonly #window: number;
  readonly #scratchAt: number;
  #capacity = 0;

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
    const slotBits = Math.max(4, Math.ceil(Math.log2(Math.max(1, left.length))) + 1);
    const slots = arena.u32(1 << slotBits, NONE);
    const filterBits = slotBits + 4;
    const filter = arena.bytes(1 << (filterBits - 3));
    const lengths = arena.u32(tokens);
    const shorter = arena.u32(tokens, NONE);
    const flags = arena.bytes(tokens);
    const configure = (cells: number, longest: number, rootBase: number) =>
      this.#wasm.configure(cells, longest, parts.at, lengths.at, shorter.at, filter.at, filterBits, slots.at, slotBits, alphabetSize, rootBase);
    configure(0, 0, 0);
    this.#wasm.indexProducts(alphabetSize, tokens);
    this.#wasm.markReachable(alphabetSize, tokens, flags.at);
    this.reachable = flags.view().slice();

    const { trie, nodeOf, longestOf, window } = this.#plantTrie(table);
    this.#window = window;
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
    configure(cells.at, longest.at, packed.rootBase);
    this.#scratchAt = arena.end;
    this.#reserve(BLOCK);
  }

  /** Enters every reachable token. `longestOf` is, per node, the longest token that is a prefix of its string. */
  #plantTrie({ alphabetSize, left, right }: MergeTable) {
    const { symbols, offsets } = this.spelled;
    const bytes = new Uint8Array(symbols.buffer, symbols.byteOffset, symbols.byteLength);
    const tokens = alphabetSize + left.length;
    const width = this.width;
    const trie = new TokenTrie();
    const nodeOf = new Uint32Array(tokens).fill(NONE);
    let window = 0;
    for (let token = 0; token < tokens; token++) {
      if (!this.reachable[token]) continue;
      // A merge continues at the node of its left part, which is reachable if the merge is.
      const rest = token < alphabetSize ? token : right[token - alphabetSize];
      let node = token < alphabetSize ? 0 : nodeOf[left[token - alphabetSize]];
      const end = offsets[rest + 1] * width;
      for (let k = offsets[rest] * width; k < end; k++) node = trie.step(node, bytes[k]);
      nodeOf[token] = node;
      window = Math.max(window, (offsets[token + 1] - offsets[token]) * width);
    }
    const longestOf = new Uint32Array(trie.nodes).fill(NONE);
    for (let token = 0; token < tokens; token++) if (nodeOf[token] !== NONE) longestOf[nodeOf[token]] = token;
    for (let node = 1; node < trie.nodes; node++) if (longestOf[node] === NONE) longestOf[node] = longestOf[trie.parent[node]];
    return { trie, nodeOf, longestOf, window };
  }

  /** Whether the tokens (a, b), side by side, are the encoding of what they spell. */
  seamHolds(a: number, b: number): boolean {
    return this.#wasm.seamHolds(a, b) !== 0;
  }

  /**
   * Encodes `bytes` behind `state` and hands final tokens to `sink`. With `last`, everything is final; without,
   * what later input could still change stays in `state`.
   */
  advance(state: StreamState, bytes: Uint8Array, last: boolean, sink: RankSink): void {
    let read = 0;
    let held = state.carry.length;
    this.#reserve(Math.max(BLOCK, held));
    this.#bytes(this.#input, held).set(state.carry);
    for (;;) {
      const taken = Math.min(this.#capacity - held, bytes.length - read);
      this.#bytes(this.#input + held, taken).set(bytes.subarray(read, read + taken));
      read += taken;
      held += taken;
      const end = read === bytes.length;
      if (held === 0 || (end && !last && held < GATHER)) break;
      const count = this.#wasm.encode(this.#input, held, state.context, this.#out, this.#dead);
      if (count === NONE) throw new Error('encoder invariant broken: no token fits behind a final border');
      if (end && last) {
        sink(this.#ranks(count));
        state.context = START;
        held = 0;
        break;
      }
      const { tokens, border } = this.#settle(held, count, state.context);
      if (tokens === 0) {
        if (end) break;
        this.#growBlock(held);
        continue;
      }
      const ranks = this.#ranks(tokens);
      state.context = ranks[tokens - 1];
      sink(ranks);
      new Uint8Array(this.#memory.buffer).copyWithin(this.#input, this.#input + border, this.#input + held);
      held -= border;
    }
    state.carry = this.#bytes(this.#input, held).slice();
  }

  /** How many of the `count` tokens of a block of `held` bytes no later input can change, and where they end. */
  #settle(held: number, count: number, context: number): { tokens: number; border: number } {
    const ranks = this.#ranks(count);
    const { offsets } = this.spelled;
    const lengthOf = (rank: number) => (offsets[rank + 1] - offsets[rank]) * this.width;
    let tokens = count;
    let border = held;
    for (let reach = SETTLE_REACH + 2 * this.#window; ; reach *= 4) {
      while (tokens > 0 && held - border < reach) border -= lengthOf(ranks[--tokens]);
      const before = tokens > 0 ? ranks[tokens - 1] : context;
      const final = this.#wasm.settle(this.#input + border, held - border, before, this.#window, this.width, this.#last);
      if (final !== NONE && final > 0) {
        const goal = border + final;
        while (border < goal) border += lengthOf(ranks[tokens++]);
        return { tokens, border };
      }
      if (tokens === 0) return { tokens: 0, border: 0 };
    }
  }

  /** Doubles the block, keeping what it holds: needed only when not one border of a block is final. */
  #growBlock(held: number): void {
    const kept = this.#bytes(this.#input, held).slice();
    this.#reserve(this.#capacity * 2);
    this.#bytes(this.#input, held).set(kept);
  }

  /** Scratch for blocks of `capacity` bytes: input, dead ends, tokens, and the tables of `settle`. */
  #reserve(capacity: number): void {
    if (capacity <= this.#capacity) return;
    this.#capacity = capacity;
    const end = this.#last + 5 * (capacity + 1);
    const missing = end - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
  }

  get #input(): number {
    return this.#scratchAt;
  }
  get #dead(): number {
    return this.#input + this.#capacity;
  }
  get #out(): number {
    return align(this.#dead + (this.#capacity >> 3) + 1);
  }
  get #last(): number {
    return this.#out + 4 * (this.#capacity / this.width + 1);
  }

  #bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, at, length);
  }

  #ranks(count: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, this.#out, count);
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
    const missing = this.end - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
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
