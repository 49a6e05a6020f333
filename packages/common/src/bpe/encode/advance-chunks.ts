import type { EncoderExports } from './wasm-module.js';

/** An encoder and how much data it is given. */
export interface EncoderHandle {
  readonly wasm: EncoderExports;
  readonly memory: WebAssembly.Memory;
  /** First free byte of the memory. */
  readonly scratchAt: number;
  /** Makes the memory reach up to an address. */
  reserve(end: number): void;
  /** Bytes handed over at a time. */
  readonly chunkBytes: number;
  /** Bytes gathered before anything is encoded at all. */
  readonly gatherBytes: number;
}

/** What an unfinished encoding keeps between two calls. */
export interface EncodingState {
  /** Last final token. */
  context: number;
  /** Bytes behind it: a buffer that is reused, and how many of it count. */
  carry: Uint8Array;
  held: number;
  /** Bytes that must be there before the next attempt: an attempt that settled little is not repeated for each byte. */
  due: number;
}

/** Receives final tokens: a view into scratch memory, valid during the call. */
export type RankSink = (ranks: Uint32Array) => void;

/** Self-contained, as {@link advanceChunks}. The context is START of assembly/bpe-encoder.ts. */
export function startEncoding(): EncodingState {
  return { context: 0xfffffffe, carry: new Uint8Array(0), held: 0, due: 0 };
}

/**
 * Encodes `bytes` behind `state`, a chunk at a time, and hands final tokens to `sink`. With `last` everything is
 * final and the state is used up; without, what later input could still change stays in `state`.
 *
 * Self-contained (no imports, no outer names), because worker threads get it as source text.
 */
export function advanceChunks(
  { wasm, memory, scratchAt, reserve, chunkBytes, gatherBytes }: EncoderHandle,
  state: EncodingState,
  bytes: Uint8Array,
  last: boolean,
  sink: (ranks: Uint32Array) => void,
): void {
  let read = 0;
  for (let end = false; !end; ) {
    const pending = state.held + bytes.length - read;
    if (!last && pending < Math.max(state.due, gatherBytes)) break;
    // A carry that fills the chunk (no border settled in all of it) makes the next chunk larger.
    const length = Math.min(pending, Math.max(chunkBytes, state.held * 2));
    end = length === pending;
    const out = Math.ceil((scratchAt + length) / 4) * 4;
    const scratch = out + 4 * length;
    reserve(scratch + 6 * (length + 1));
    const input = new Uint8Array(memory.buffer, scratchAt, length);
    input.set(state.carry.subarray(0, state.held));
    input.set(bytes.subarray(read, read + length - state.held), state.held);
    read += length - state.held;
    const tokens = wasm.advance(scratchAt, length, state.context, last && end, out, scratch);
    const ranks = new Uint32Array(memory.buffer, out, tokens);
    if (tokens > 0) state.context = ranks[tokens - 1];
    const rest = input.subarray(wasm.advancedBytes());
    if (state.carry.length < rest.length) state.carry = new Uint8Array(rest.length * 2);
    state.carry.set(rest);
    state.held = rest.length;
    state.due = rest.length * 2;
    sink(ranks);
  }
  const rest = bytes.length - read;
  if (state.carry.length < state.held + rest) {
    const larger = new Uint8Array((state.held + rest) * 2);
    larger.set(state.carry.subarray(0, state.held));
    state.carry = larger;
  }
  state.carry.set(bytes.subarray(read), state.held);
  state.held += rest;
}
