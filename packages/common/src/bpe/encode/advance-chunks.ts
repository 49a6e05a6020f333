import type { EncoderExports } from './wasm-module.js';

/** What an unfinished encoding keeps between two calls. */
export interface EncodingState {
  /** Last final token, or START. */
  context: number;
  /** Bytes behind it: a buffer that is reused, and how many of it count. */
  carry: Uint8Array;
  held: number;
}

/** Context before the first token. */
export const START = 0xfffffffe;

export function startEncoding(): EncodingState {
  return { context: START, carry: new Uint8Array(0), held: 0 };
}

/** Receives final tokens: a view into scratch memory, valid during the call. */
export type RankSink = (ranks: Uint32Array) => void;

/**
 * Encodes `bytes` behind `state`, a chunk at a time, and hands final tokens to `sink`. With `last` everything is
 * final; without, what later input could still change stays in `state`.
 *
 * Self-contained (no imports, no outer names), because worker threads get it as source text.
 *
 * @param scratchAt first free byte of the module's memory
 */
export function advanceChunks(
  wasm: EncoderExports,
  memory: WebAssembly.Memory,
  scratchAt: number,
  state: EncodingState,
  bytes: Uint8Array,
  last: boolean,
  sink: (ranks: Uint32Array) => void,
): void {
  /** Bytes handed over at a time, and bytes gathered before anything is encoded at all. */
  const CHUNK = 1 << 18;
  const GATHER = 1 << 12;
  let read = 0;
  for (;;) {
    const pending = state.held + bytes.length - read;
    const end = pending <= CHUNK || pending <= state.held;
    if (end && !last && pending < GATHER) break;
    // A carry that fills the chunk (no border settled in all of it) makes the next chunk larger.
    const length = end ? pending : Math.max(CHUNK, Math.min(pending, state.held * 2));
    const out = (scratchAt + length + 15) & ~15;
    const scratch = out + 4 * length;
    const missing = scratch + 6 * (length + 1) - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
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
    sink(ranks);
    if (end) break;
  }
  if (last) {
    state.context = 0xfffffffe;
    state.held = 0;
    return;
  }
  const rest = bytes.length - read;
  if (rest === 0) return;
  if (state.carry.length < state.held + rest) {
    const larger = new Uint8Array((state.held + rest) * 2);
    larger.set(state.carry.subarray(0, state.held));
    state.carry = larger;
  }
  state.carry.set(bytes.subarray(read), state.held);
  state.held += rest;
}
