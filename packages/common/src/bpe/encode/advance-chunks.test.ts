import { describe, expect, it } from 'vitest';
import { advanceChunks, type EncoderHandle, startEncoding } from './advance-chunks.js';
import type { EncoderExports } from './wasm-module.js';

/** An encoder that makes one token of each byte, but without `last` finds only what `settled` says final. */
function fakeEncoder(settled: (length: number) => number) {
  const memory = new WebAssembly.Memory({ initial: 64 });
  const lengths: number[] = [];
  let advanced = 0;
  const wasm = {
    advance(input: number, length: number, _context: number, last: boolean, out: number) {
      lengths.push(length);
      advanced = last ? length : settled(length);
      new Uint32Array(memory.buffer, out, advanced).set(new Uint8Array(memory.buffer, input, advanced));
      return advanced;
    },
    advancedBytes: () => advanced,
  } as Partial<EncoderExports> as EncoderExports;
  const handle: EncoderHandle = {
    wasm,
    memory,
    scratchAt: 0,
    reserve: () => {},
    chunkBytes: 1024,
    gatherBytes: 16,
  };
  return { handle, lengths };
}

function push(handle: EncoderHandle, pieces: readonly Uint8Array[]): number[] {
  const state = startEncoding();
  const tokens: number[] = [];
  pieces.forEach((piece, k) => {
    advanceChunks(handle, state, piece, k === pieces.length - 1, (ranks) => tokens.push(...ranks));
  });
  return tokens;
}

const bytes = Uint8Array.from({ length: 5000 }, (_, i) => i);
const singles = Array.from(bytes, (byte) => Uint8Array.of(byte));
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

describe('advanceChunks', () => {
  it('hands everything over once where all of it is final', () => {
    const { handle, lengths } = fakeEncoder((length) => length);
    expect(push(handle, [bytes])).toEqual(Array.from(bytes));
    expect(lengths).toEqual([1024, 1024, 1024, 1024, 904]);
  });

  it('gathers small pieces', () => {
    const { handle, lengths } = fakeEncoder((length) => length);
    expect(push(handle, singles)).toEqual(Array.from(bytes));
    expect(new Set(lengths)).toEqual(new Set([16, 5000 % 16]));
  });

  it('carries what is not final to the next chunk', () => {
    const { handle } = fakeEncoder((length) => Math.max(0, length - 10));
    expect(push(handle, [bytes])).toEqual(Array.from(bytes));
    expect(push(handle, [bytes.subarray(0, 999), bytes.subarray(999)])).toEqual(Array.from(bytes));
    expect(push(handle, singles)).toEqual(Array.from(bytes));
  });

  it.each([
    { name: 'one piece', pieces: [bytes] },
    { name: 'pieces of one byte', pieces: singles },
  ])('hands over bytes in proportion to the input even if nothing is final: $name', ({ pieces }) => {
    const { handle, lengths } = fakeEncoder(() => 0);
    expect(push(handle, pieces)).toEqual(Array.from(bytes));
    expect(sum(lengths)).toBeLessThan(4 * bytes.length);
  });

  it('runs from its source text alone, as worker threads need it to', () => {
    const revived: typeof advanceChunks = new Function(`const __name = (f) => f; return ${advanceChunks}`)();
    const start: typeof startEncoding = new Function(`const __name = (f) => f; return ${startEncoding}`)();
    const { handle } = fakeEncoder((length) => length >> 1);
    const tokens: number[] = [];
    revived(handle, start(), bytes, true, (ranks) => tokens.push(...ranks));
    expect(tokens).toEqual(Array.from(bytes));
  });
});
