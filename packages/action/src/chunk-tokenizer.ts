import {
  checkTokens,
  createTokenSequence,
  fingerprintOf,
  PolytokError,
  type SignalShape,
  type TokenizerConfig,
  type TokenSequence,
  type TokenShape,
  Vocabulary,
} from '@polytok/common';
import { requireSame } from './check-chunk.js';
import type { ActionChunk, ActionTokenizer, LenientDecode, LenientDecodeOptions } from './contract.js';

/** What action tokenizers share: everything but the two `Into` forms, lenient decoding and the configuration. */
export abstract class ChunkTokenizer implements ActionTokenizer {
  readonly modality = 'action';
  abstract readonly vocabulary: Vocabulary;
  abstract readonly steps: number;
  abstract readonly columns: number;
  abstract readonly maxLength: number;

  abstract encodeInto(chunk: ActionChunk, ids: Uint16Array | Uint32Array): number;
  abstract decodeInto(ids: ArrayLike<number>, chunk: ActionChunk): void;
  abstract decodeLenient(ids: ArrayLike<number>, options?: LenientDecodeOptions): LenientDecode;
  abstract toJSON(): TokenizerConfig;

  /** @throws PolytokError what `encodeInto` throws */
  encodeSync(chunk: ActionChunk): TokenSequence {
    const ids = new Uint32Array(this.maxLength);
    const length = this.encodeInto(chunk, ids);
    const alignment = { kind: 'whole', length: this.steps } as const;
    return createTokenSequence({ vocabulary: this.vocabulary, ids: ids.subarray(0, length), alignment });
  }

  /** @throws PolytokError `VOCABULARY_MISMATCH`, and what `decodeInto` throws */
  decodeSync(tokens: TokenSequence): Float64Array {
    checkTokens(tokens, this.vocabulary);
    const chunk = new Float64Array(this.steps * this.columns);
    this.decodeInto(tokens.ids, chunk);
    return chunk;
  }

  async encode(chunk: ActionChunk): Promise<TokenSequence> {
    return this.encodeSync(chunk);
  }

  async decode(tokens: TokenSequence): Promise<Float64Array> {
    return this.decodeSync(tokens);
  }

  /** @param shape `[steps, columns]` @throws PolytokError `INVALID_ARGUMENT` for another shape */
  tokenShape([steps, columns]: SignalShape): TokenShape {
    requireSame(steps, this.steps, 'steps');
    requireSame(columns, this.columns, 'columns');
    return { minLength: this.minLength, maxLength: this.maxLength, codebooks: 1 };
  }

  /** Fewest tokens of a chunk. Default: as many as there can be. */
  protected get minLength(): number {
    return this.maxLength;
  }

  /** The vocabulary of a complete tokenizer: its configuration is what its ids mean. */
  protected vocabularyOf(size: number, layout: string): Vocabulary {
    const content = fingerprintOf(JSON.stringify(this.toJSON()));
    return new Vocabulary({ modality: this.modality, codebookSizes: [size], layout, content });
  }
}

/** Throws unless every id is below `size`; for tokenizers whose `decodeInto` gets ids from anywhere. */
export function requireIds(ids: ArrayLike<number>, size: number): void {
  for (let at = 0; at < ids.length; at++) {
    const id = ids[at];
    if (id >>> 0 === id && id < size) continue;
    throw new PolytokError('ID_OUT_OF_RANGE', `Token ${at} is ${id}; this tokenizer has ids below ${size}.`, {
      details: { index: at, id, size },
    });
  }
}

/** Throws unless `low` and `high` are finite, one per column, in order. */
export function requireRange(low: ArrayLike<number>, high: ArrayLike<number>, columns: number): void {
  const valid =
    low.length === columns &&
    high.length === columns &&
    Array.from(low).every(
      (least, at) => Number.isFinite(least) && Number.isFinite(high[at]) && least <= high[at],
    );
  if (valid) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `'low' and 'high' have ${columns} finite numbers each, none of 'low' above its 'high'.`,
    { details: { low, high, columns } },
  );
}
