import { decodeBase64 } from '../../base64.js';
import { wasmBase64 } from './encoder.wasm.js';

/** Numbers that `configure` takes, in its order: addresses and sizes of the tables. See assembly/bpe-encoder.ts. */
export type EncoderLayout = readonly [
  cells: number,
  longest: number,
  runOf: number,
  runs: number,
  parts: number,
  lengths: number,
  shorter: number,
  filter: number,
  filterBits: number,
  slots: number,
  slotBits: number,
  alphabetSize: number,
  rootBase: number,
  longestToken: number,
  symbolBytes: number,
  blockBytes: number,
];

/** Functions of the encoder module. Addresses are bytes into its memory. */
export interface EncoderExports {
  configure(...layout: EncoderLayout): void;
  indexProducts(first: number, end: number): void;
  markReachable(first: number, end: number, out: number): void;
  seamHolds(a: number, b: number): number;
  advance(
    input: number,
    length: number,
    context: number,
    last: boolean,
    out: number,
    scratch: number,
  ): number;
  advancedBytes(): number;
  encodeSegments(input: number, ends: number, count: number, out: number, scratch: number): number;
}

let compiled: WebAssembly.Module | undefined;

/** The encoder module: a few kilobytes, compiled once per process. */
export function encoderModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(decodeBase64(wasmBase64));
  return compiled;
}

export function instantiateEncoder(memory: WebAssembly.Memory): EncoderExports {
  return new WebAssembly.Instance(encoderModule(), { env: { memory } }).exports as unknown as EncoderExports;
}
