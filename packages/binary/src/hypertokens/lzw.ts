/**
 * LZW over token ids: recurring runs of ids become single codes, "hypertokens", that a model can read and write.
 * The book of phrases starts empty with every sequence and is never stored, since the decoder rebuilds it from
 * the codes: after every sequence both hold the same phrases.
 *
 * Source: zip2zip, "Inference-time adaptive vocabularies for language models via token compression"
 * (arXiv:2506.01084); Welch, "A technique for high-performance data compression" (1984).
 */
import { PolytokError } from '@polytok/common';
import {
  type LzwOptions,
  MAX_DECODED_IDS,
  type ResolvedLzwOptions,
  requireId,
  resolveLzwOptions,
} from './lzw-options.js';
import { NO_CODE, PhraseBook } from './phrase-book.js';

export interface LzwEncoding {
  /** `(codes)` ids, and from `vocabularySize` on phrases of the book. */
  readonly codes: Uint32Array;
  /** The phrases as they stand after the last id. */
  readonly book: PhraseBook;
}

/**
 * Codes of one sequence; never more than it has ids. O(ids).
 * @throws PolytokError `ID_OUT_OF_RANGE` for an id of at least `vocabularySize`; as {@link resolveLzwOptions}
 */
export function encodeLzw(ids: ArrayLike<number>, options: LzwOptions): LzwEncoding {
  const { vocabularySize, maxPhrases, maxPhraseLength, disabledIds } = resolveLzwOptions(options);
  const book = new PhraseBook(vocabularySize, Math.min(maxPhrases, ids.length));
  const codes = new Uint32Array(ids.length);
  let count = 0;
  let pending = NO_CODE; // the longest known phrase that ends at the current id
  let pendingLength = 0;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i];
    requireId(id, vocabularySize, 'Token');
    if (disabledIds.has(id)) {
      if (pending !== NO_CODE) codes[count++] = pending;
      codes[count++] = id;
      pending = NO_CODE;
      continue;
    }
    const longer = pending === NO_CODE ? id : book.find(pending, id);
    if (longer === NO_CODE) {
      if (!book.isFull) book.add(pending, id);
      codes[count++] = pending;
      pending = id;
      pendingLength = 1;
    } else {
      pendingLength = pending === NO_CODE ? 1 : pendingLength + 1;
      pending = longer;
    }
    if (pendingLength === maxPhraseLength) {
      codes[count++] = pending;
      pending = NO_CODE;
    }
  }
  if (pending !== NO_CODE) codes[count++] = pending;
  return { codes: codes.slice(0, count), book };
}

export interface LzwDecoding {
  /** `(ids)` below `vocabularySize`. */
  readonly ids: Uint32Array;
  /** Equal to the encoder's. */
  readonly book: PhraseBook;
}

/**
 * Ids of one sequence of codes. Also decodes sequences that {@link encodeLzw} would not have written, such as a
 * model's, as long as every code is known when it comes.
 * @throws PolytokError `ID_OUT_OF_RANGE` for a code the book does not hold, `LIMIT_EXCEEDED` for more than
 *   {@link MAX_DECODED_IDS} ids; as {@link resolveLzwOptions}
 */
export function decodeLzw(codes: ArrayLike<number>, options: LzwOptions): LzwDecoding {
  const resolved = resolveLzwOptions(options);
  const book = new PhraseBook(resolved.vocabularySize, Math.min(resolved.maxPhrases, codes.length));
  const reader = new CodeReader(book, resolved);
  // The first pass fills the book and sums up lengths, so that the limit is checked before ids are allocated.
  let length = 0;
  for (let i = 0; i < codes.length; i++) length += reader.accept(codes[i]);
  if (length > MAX_DECODED_IDS) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `The ${codes.length} codes stand for ${length} ids; the limit is ${MAX_DECODED_IDS}. Decode shorter sequences.`,
      { details: { codes: codes.length, ids: length, limit: MAX_DECODED_IDS } },
    );
  }
  const ids = new Uint32Array(length);
  let end = 0;
  for (let i = 0; i < codes.length; i++) {
    end += book.lengthOf(codes[i]);
    book.writePhrase(codes[i], ids, end);
  }
  return { ids, book };
}

/** Decodes one code at a time, for a model that writes hypertokens: its next code may be any below `codeLimit`. */
export class LzwDecoder {
  readonly book: PhraseBook;
  readonly #reader: CodeReader;

  /** @throws as {@link resolveLzwOptions} */
  constructor(options: LzwOptions) {
    const resolved = resolveLzwOptions(options);
    this.book = new PhraseBook(resolved.vocabularySize, resolved.maxPhrases);
    this.#reader = new CodeReader(this.book, resolved);
  }

  /** Codes below this are valid now: all known ones, and the one that this very code would define. */
  get codeLimit(): number {
    return this.#reader.codeLimit;
  }

  /** Ids of the next code. @throws PolytokError `ID_OUT_OF_RANGE` for a code of at least `codeLimit`; the decoder is then as before */
  push(code: number): Uint32Array {
    this.#reader.accept(code);
    return this.book.phrase(code);
  }
}

/** Follows the encoder's book from the codes alone. */
class CodeReader {
  readonly #book: PhraseBook;
  readonly #options: ResolvedLzwOptions;
  /** The previous code, if the encoder made a phrase of it and the id that followed. */
  #previous = NO_CODE;

  constructor(book: PhraseBook, options: ResolvedLzwOptions) {
    this.#book = book;
    this.#options = options;
  }

  get codeLimit(): number {
    return this.#book.nextCode + (this.#grows ? 1 : 0);
  }

  get #grows(): boolean {
    return this.#previous !== NO_CODE && !this.#book.isFull;
  }

  /** Adds what the code reveals to the book. Returns the length of its phrase. */
  accept(code: number): number {
    const book = this.#book;
    requireId(code, this.codeLimit, 'Code');
    if (this.#options.disabledIds.has(code)) {
      this.#previous = NO_CODE;
      return 1;
    }
    if (this.#grows) {
      // A code that is used in the step that defines it (cScSc) starts as the phrase before it.
      const source = code === book.nextCode ? this.#previous : code;
      book.add(this.#previous, book.firstId(source));
    }
    const length = book.lengthOf(code);
    this.#previous = length === this.#options.maxPhraseLength ? NO_CODE : code;
    return length;
  }
}
