import { wasmBase64 } from './encoder.wasm.js';

/** Functions of the encoder module; see assembly/bpe-encoder.ts. Addresses are bytes into its memory. */
export interface EncoderExports {
  configure(
    cells: number,
    longest: number,
    parts: number,
    lengths: number,
    shorter: number,
    filter: number,
    filterBits: number,
    slots: number,
    slotBits: number,
    alphabetSize: number,
    rootBase: number,
  ): void;
  indexProducts(first: number, end: number): void;
  markReachable(first: number, end: number, out: number): void;
  seamHolds(a: number, b: number): number;
  encode(input: number, length: number, context: number, out: number, dead: number): number;
  settle(input: number, length: number, context: number, window: number, step: number, last: number): number;
}

let compiled: WebAssembly.Module | undefined;

/** Instantiates the encoder on `memory`. The module is a few kilobytes and is compiled once per process. */
export function instantiateEncoder(memory: WebAssembly.Memory): EncoderExports {
  compiled ??= new WebAssembly.Module(decodeBase64(wasmBase64));
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as EncoderExports;
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
