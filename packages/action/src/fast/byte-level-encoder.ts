import type { ShortEncoder } from '@polytok/common/bpe';
import type { CodeEncoder } from './coefficient-coder.js';
import { isSpace, LONGEST_CONTRACTION, pieceEnd } from './gpt2-split.js';

export interface ByteLevelEncoderOptions {
  /** Of the bytes' symbols: at most 256, so that each is a byte of its input. */
  readonly encoder: ShortEncoder;
  /** `(256)`: symbol of each byte; −1 for bytes without a token, which are dropped. */
  readonly symbolOf: Int16Array;
  /** Codes encoded at a time. */
  readonly codes: number;
}

/** Codes as code points below U+10000, cut into pieces; the pieces' UTF-8 bytes as symbols. */
export class ByteLevelEncoder implements CodeEncoder {
  readonly #options: ByteLevelEncoderOptions;
  /** Symbols so far. */
  #length = 0;

  constructor(options: ByteLevelEncoderOptions) {
    this.#options = options;
  }

  encodeInto(codes: Uint32Array, ids: Uint16Array | Uint32Array, tail: number): number {
    const { encoder, codes: count } = this.#options;
    const { ends } = encoder;
    const looked =
      tail < count && !isSpace(codes[tail]) ? Math.min(tail + LONGEST_CONTRACTION, count) : count;
    this.#length = 0;
    let pieces = 0;
    for (let at = 0; at < looked; ) {
      const end = pieceEnd(codes, at, looked);
      for (; at < end; at++) this.#append(codes[at]);
      ends[pieces++] = this.#length;
    }
    // The rest is like the last code that was looked at, and belongs to its piece.
    if (looked < count) {
      this.#repeat(codes[tail], count - looked);
      ends[pieces - 1] = this.#length;
    }
    return encoder.encodeSegmentsInto(ids, pieces);
  }

  #append(code: number): void {
    if (code < 0x80) {
      this.#put(code);
    } else if (code < 0x800) {
      this.#put(0xc0 | (code >> 6));
      this.#put(0x80 | (code & 0x3f));
    } else {
      this.#put(0xe0 | (code >> 12));
      this.#put(0x80 | ((code >> 6) & 0x3f));
      this.#put(0x80 | (code & 0x3f));
    }
  }

  #put(byte: number): void {
    const symbol = this.#options.symbolOf[byte];
    if (symbol >= 0) this.#options.encoder.symbols[this.#length++] = symbol;
  }

  #repeat(code: number, times: number): void {
    const { encoder, symbolOf } = this.#options;
    if (code >= 0x80 || symbolOf[code] < 0) {
      for (let k = 0; k < times; k++) this.#append(code);
      return;
    }
    encoder.symbols.fill(symbolOf[code], this.#length, this.#length + times);
    this.#length += times;
  }
}
