import type { IdArray } from '../contract.js';
import { PolytokError } from '../errors.js';
import { BpeStream } from './bpe-stream.js';
import { checkLayout } from './check-layout.js';
import { type DropoutOptions, encodeWithDropout } from './dropout.js';
import { startEncoding } from './encode/advance-chunks.js';
import { type EncoderImage, RankEncoder } from './encode/rank-encoder.js';
import { allocateSymbols, type SymbolArray } from './encode/token-symbols.js';
import { IdBuffer } from './id-buffer.js';
import type { IdLayout, MergeTable } from './merge-table.js';
import { symbolsToRanks } from './symbols.js';
import { truncateVocabulary } from './truncate-vocabulary.js';

export interface BpeModelOptions {
  readonly table: MergeTable;
  /** Default: ids are ranks, no special tokens. */
  readonly layout?: IdLayout;
}

export interface BpeDecodeOptions {
  /** `strict`: special tokens and ids outside the vocabulary are errors. `lenient`: they decode to nothing. Default: 'strict'. */
  readonly mode?: 'strict' | 'lenient';
}

/** No rank has this id. */
const NONE = 0xffffffff;

/**
 * A frozen BPE vocabulary over bytes or integer symbols. `encode` gives the ids of merge-order BPE (the present
 * merge of lowest rank, leftmost first), in time linear in the input whatever it holds.
 */
export class BpeModel {
  readonly table: MergeTable;
  readonly layout: IdLayout;
  /** `(layout.size)` symbols that each id spells; 0 for special tokens and unused ids. */
  readonly widths: Uint32Array;
  /** Symbols of the longest token. */
  readonly maxTokenSymbols: number;
  readonly #encoder: RankEncoder;
  /** `(layout.size)` rank of each id, or NONE. */
  readonly #rankOf: Uint32Array;

  /**
   * @throws PolytokError `INVALID_FORMAT`, `INVALID_ARGUMENT` (the layout), `LIMIT_EXCEEDED`; `UNSUPPORTED` when a
   * merge uses a token that only a later merge can make
   */
  constructor({ table, layout }: BpeModelOptions) {
    this.table = table;
    this.#encoder = new RankEncoder(table);
    const { canonical, reachable } = this.#encoder;
    this.layout = layout ?? {
      ids: canonical ?? Uint32Array.from(reachable.keys()),
      specials: [],
      size: reachable.length,
    };
    checkLayout(this.layout, reachable.length, canonical);
    const { offsets } = this.#encoder.spelled;
    this.#rankOf = new Uint32Array(this.layout.size).fill(NONE);
    this.widths = new Uint32Array(this.layout.size);
    let longest = 0;
    for (let rank = 0; rank < offsets.length - 1; rank++) {
      const id = this.layout.ids[rank];
      // Of two merges that spell the same token one at most is ever used.
      if (this.#rankOf[id] === NONE || reachable[rank]) this.#rankOf[id] = rank;
      this.widths[id] = offsets[rank + 1] - offsets[rank];
      if (this.widths[id] > longest) longest = this.widths[id];
    }
    this.maxTokenSymbols = longest;
  }

  get alphabetSize(): number {
    return this.table.alphabetSize;
  }

  /** Ids are below this. */
  get size(): number {
    return this.layout.size;
  }

  /** @throws PolytokError `INVALID_ARGUMENT` for a symbol outside the alphabet */
  encode(symbols: ArrayLike<number>): IdArray {
    return this.encodeBytes(this.symbolBytes(symbols));
  }

  /** Encodes what {@link symbolBytes} gave, unchecked. */
  encodeBytes(bytes: Uint8Array): IdArray {
    const ids = new IdBuffer(this.size, Math.ceil(bytes.length / this.bytesPerSymbol / 2) + 16);
    this.#encoder.advance(startEncoding(), bytes, true, (ranks) => ids.append(ranks, this.layout.ids));
    return ids.take();
  }

  /**
   * Encodes segments of the input, each on its own, so that no token crosses a border.
   *
   * @param borders ascending positions at which segments start; 0 and the length may be among them
   * @throws PolytokError `INVALID_ARGUMENT` for a symbol outside the alphabet or borders that do not ascend
   */
  encodeSegments(symbols: ArrayLike<number>, borders: ArrayLike<number>): IdArray {
    return this.encodeByteSegments(this.symbolBytes(symbols), borders);
  }

  /** {@link encodeSegments} of what {@link symbolBytes} gave, whose symbols are not checked. */
  encodeByteSegments(bytes: Uint8Array, borders: ArrayLike<number>): IdArray {
    const length = bytes.length / this.bytesPerSymbol;
    const ids = new IdBuffer(this.size, Math.ceil(length / 2) + 16);
    const ends = segmentEnds(borders, length, this.bytesPerSymbol);
    this.#encoder.encodeSegments(bytes, ends, (ranks) => ids.append(ranks, this.layout.ids));
    return ids.take();
  }

  /**
   * A random segmentation (BPE-dropout, arXiv 1910.13267): each merge is passed over with some probability. Decodes
   * to the same symbols; deterministic for a seed. See {@link encodeWithDropout}.
   *
   * @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED`
   */
  encodeWithDropout(symbols: ArrayLike<number>, options: DropoutOptions): IdArray {
    const ids = new IdBuffer(this.size, symbols.length);
    ids.append(encodeWithDropout(this.table, symbols, options), this.layout.ids);
    return ids.take();
  }

  /** 1, 2 or 4. */
  get bytesPerSymbol(): number {
    return this.#encoder.width;
  }

  /** Encodes data that comes in pieces, with the ids of the whole. Many streams may be open at once. */
  stream(): BpeStream {
    return new BpeStream(this, this.#encoder);
  }

  /** Concatenates what the ids spell. @throws PolytokError `ID_OUT_OF_RANGE` in strict mode */
  decode(ids: ArrayLike<number>, options: BpeDecodeOptions = {}): SymbolArray {
    const out = allocateSymbols(this.alphabetSize, this.#spelledLength(ids, options));
    this.#spell(ids, out);
    return out;
  }

  /**
   * {@link decode} into `out`, without allocation.
   * @param out receives the symbols, where it has room for all of them; else none
   * @returns the number of symbols
   * @throws PolytokError `ID_OUT_OF_RANGE` in strict mode
   */
  decodeInto(ids: ArrayLike<number>, out: SymbolArray, options: BpeDecodeOptions = {}): number {
    const length = this.#spelledLength(ids, options);
    if (length <= out.length) this.#spell(ids, out);
    return length;
  }

  /** What one id spells; empty for a special token. @throws PolytokError `ID_OUT_OF_RANGE` */
  token(id: number): SymbolArray {
    const rank = this.#rankOf[id];
    if (rank === undefined || rank === NONE) {
      if (this.layout.specials.some((special) => special.id === id))
        return allocateSymbols(this.alphabetSize, 0);
      this.#refuse(id, 0);
    }
    const { symbols, offsets } = this.#encoder.spelled;
    return symbols.slice(offsets[rank], offsets[rank + 1]);
  }

  /**
   * Position of the first id that the encoding of the same symbols would not have there, or -1 when
   * `encode(decode(ids))` is `ids`. Linear: a sequence is an encoding if each adjacent pair is (arXiv 2412.03160).
   *
   * @throws PolytokError `ID_OUT_OF_RANGE` for special tokens and ids outside the vocabulary
   */
  firstImproper(ids: ArrayLike<number>): number {
    let before = NONE;
    for (let i = 0; i < ids.length; i++) {
      const rank = this.#rankOf[ids[i]];
      if (rank === undefined || rank === NONE) this.#refuse(ids[i], i);
      if (!this.#encoder.reachable[rank] || (before !== NONE && !this.#encoder.seamHolds(before, rank)))
        return i;
      before = rank;
    }
    return -1;
  }

  /** Ids of tokens that no encoding holds, because their symbols encode to something else. Empty after exact training. */
  unreachableIds(): number[] {
    const { reachable } = this.#encoder;
    const ids: number[] = [];
    this.#rankOf.forEach((rank, id) => {
      if (rank !== NONE && !reachable[rank]) ids.push(id);
    });
    return ids;
  }

  /**
   * The vocabulary with `size` tokens: alphabet, first merges and all special tokens. Ids that are gone are closed
   * up in order: where special tokens come first all others keep their ids, those behind the merges move down.
   *
   * @throws PolytokError `INVALID_ARGUMENT` when the size is below alphabet and special tokens or above this one's
   */
  truncate(size: number): BpeModel {
    return new BpeModel(truncateVocabulary(this, size));
  }

  /** The symbols as the encoder reads them: little-endian, `1`, `2` or `4` bytes each. @throws PolytokError `INVALID_ARGUMENT` */
  symbolBytes(symbols: ArrayLike<number>): Uint8Array {
    if (
      this.alphabetSize === 256 &&
      (symbols instanceof Uint8Array || symbols instanceof Uint8ClampedArray)
    ) {
      return new Uint8Array(symbols.buffer, symbols.byteOffset, symbols.length);
    }
    if (!Number.isInteger(symbols?.length)) {
      throw new PolytokError('INVALID_ARGUMENT', 'Symbols must be an array of integers, or a typed array.');
    }
    const ranks = symbolsToRanks(symbols, this.alphabetSize);
    const narrow = allocateSymbols(this.alphabetSize, ranks.length);
    narrow.set(ranks);
    return new Uint8Array(narrow.buffer);
  }

  /** The encoder's tables, for threads that encode alike. */
  encoderImage(): EncoderImage {
    return this.#encoder.image();
  }

  #spelledLength(ids: ArrayLike<number>, { mode = 'strict' }: BpeDecodeOptions): number {
    const { widths } = this;
    let length = 0;
    for (let i = 0; i < ids.length; i++) {
      const width = widths[ids[i]];
      if (width > 0) length += width;
      else if (mode === 'strict') this.#refuse(ids[i], i);
    }
    return length;
  }

  #spell(ids: ArrayLike<number>, out: SymbolArray): void {
    const { widths } = this;
    const { symbols, offsets } = this.#encoder.spelled;
    let at = 0;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i];
      if (!(widths[id] > 0)) continue;
      const rank = this.#rankOf[id];
      const end = offsets[rank + 1];
      for (let k = offsets[rank]; k < end; k++) out[at++] = symbols[k];
    }
  }

  #refuse(id: number, position: number): never {
    const special = this.layout.specials.find((token) => token.id === id);
    throw new PolytokError(
      'ID_OUT_OF_RANGE',
      special
        ? `Id ${id} at position ${position} is the special token '${special.content}', which spells nothing. Remove it, or decode in 'lenient' mode.`
        : `Id ${id} at position ${position} is not in the vocabulary of ${this.size} ids. Was it made with another vocabulary?`,
      { details: { id, position, size: this.size } },
    );
  }
}

/** Where the segments between borders end, in bytes; empty ones are left out. */
function segmentEnds(borders: ArrayLike<number>, length: number, bytesPerSymbol: number): Float64Array {
  const ends = new Float64Array(borders.length + 1);
  let count = 0;
  let before = 0;
  for (let k = 0; k <= borders.length; k++) {
    const border = k < borders.length ? borders[k] : length;
    if (!(border >= before && border <= length && Number.isInteger(border))) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `Border ${k} is ${border}; borders must ascend from 0 to the length ${length}.`,
        { details: { index: k, border, length } },
      );
    }
    if (border > before) ends[count++] = border * bytesPerSymbol;
    before = border;
  }
  return ends.subarray(0, count);
}
