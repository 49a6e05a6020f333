import { requireInteger } from '../arguments.js';
import { PolytokError } from '../errors.js';
import type { BpeModel } from './bpe-model.js';
import { type SymbolArray, symbolWidth } from './encode/token-symbols.js';
import { NONE } from './encode/token-trie.js';
import { type EncoderExports, instantiateEncoder } from './encode/wasm-module.js';

/** Symbols of an input: some thousands are short. Longer ones are encoded block by block, by the model. */
export const MAX_SHORT_SYMBOLS = 1 << 24;
const PAGE = 1 << 16;

export interface ShortEncoderOptions {
  /** Longest input, from 1 to {@link MAX_SHORT_SYMBOLS}. */
  readonly maxSymbols: number;
}

/**
 * Encodes short inputs, one after the other, as a control loop does: with the ids of the model, and without allocation. It has
 * its own copy of the model's tables.
 *
 *     const encoder = new ShortEncoder(model, { maxSymbols: 700 });
 *     encoder.symbols[0] = 7; …
 *     const count = encoder.encodeInto(ids, length);
 */
export class ShortEncoder {
  /** `(maxSymbols)`: the input is written here. */
  readonly symbols: SymbolArray;
  /** `(maxSymbols)`: for {@link encodeSegmentsInto}, where segments end, in symbols. */
  readonly ends: Uint32Array;
  readonly #alphabetSize: number;
  readonly #ids: Uint32Array;
  readonly #wasm: EncoderExports;
  /** Bytes of a symbol. */
  readonly #width: number;
  readonly #input: number;
  readonly #out: number;
  readonly #scratch: number;
  readonly #byteEnds: Uint32Array;
  readonly #ranks: Uint32Array;

  /** @throws PolytokError `INVALID_ARGUMENT`; `LIMIT_EXCEEDED` when there is not enough memory */
  constructor(model: BpeModel, { maxSymbols }: ShortEncoderOptions) {
    requireInteger(maxSymbols, 'maxSymbols', { minimum: 1, maximum: MAX_SHORT_SYMBOLS });
    const { alphabetSize } = model;
    const image = model.encoderImage();
    this.#alphabetSize = alphabetSize;
    this.#ids = model.layout.ids;
    this.#width = symbolWidth(alphabetSize);
    this.#input = image.scratchAt;
    const ends = Math.ceil((this.#input + maxSymbols * this.#width) / 4) * 4;
    this.#out = ends + 4 * maxSymbols;
    this.#scratch = this.#out + 4 * maxSymbols;
    const memory = allocate(this.#scratch + Math.ceil((maxSymbols * this.#width) / 8) + 1);
    const { buffer } = memory;
    new Uint8Array(buffer).set(image.tables);
    this.#wasm = instantiateEncoder(memory);
    this.#wasm.configure(...image.layout);
    const Symbols = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array }[symbolWidth(alphabetSize)];
    this.symbols = new Symbols(buffer, this.#input, maxSymbols);
    this.ends = new Uint32Array(maxSymbols);
    this.#byteEnds = new Uint32Array(buffer, ends, maxSymbols);
    this.#ranks = new Uint32Array(buffer, this.#out, maxSymbols);
  }

  /**
   * Encodes the first `length` of {@link symbols}.
   * @param ids receives the ids: at most one for each symbol
   * @returns the number of ids
   * @throws PolytokError `INVALID_ARGUMENT` for a symbol outside the alphabet
   */
  encodeInto(ids: Uint16Array | Uint32Array, length: number): number {
    if (length === 0) return 0;
    this.ends[0] = length;
    return this.encodeSegmentsInto(ids, 1);
  }

  /**
   * {@link encodeInto} of the first `count` segments, each on its own: the first starts at 0, and they end, ascending, at
   * {@link ends}.
   */
  encodeSegmentsInto(ids: Uint16Array | Uint32Array, count: number): number {
    const byteEnds = this.#byteEnds;
    for (let k = 0; k < count; k++) byteEnds[k] = this.#width * this.ends[k];
    // As signed as WebAssembly's numbers come out.
    const tokens = this.#wasm.encodeSegments(
      this.#input,
      byteEnds.byteOffset,
      count,
      this.#out,
      this.#scratch,
    );
    if (tokens >>> 0 === NONE) this.#refuse(count === 0 ? 0 : this.ends[count - 1]);
    const idOf = this.#ids;
    const ranks = this.#ranks;
    for (let k = 0; k < tokens; k++) ids[k] = idOf[ranks[k]];
    return tokens;
  }

  #refuse(length: number): never {
    const position = this.symbols.subarray(0, length).findIndex((symbol) => symbol >= this.#alphabetSize);
    const symbol = this.symbols[position];
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `Symbol ${symbol} at position ${position} is not in the alphabet; symbols are integers from 0 to ${this.#alphabetSize - 1}.`,
      { details: { position, symbol, alphabetSize: this.#alphabetSize } },
    );
  }
}

function allocate(bytes: number): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });
  } catch (cause) {
    throw new PolytokError('LIMIT_EXCEEDED', `An encoder needs ${bytes} bytes of memory.`, {
      details: { bytes },
      cause,
    });
  }
}
