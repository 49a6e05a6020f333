/**
 * The contract of every polytok tokenizer.
 *
 * It guarantees: ids are below the vocabulary's size; a tokenizer is frozen once built, so that the same
 * signal gives the same ids for ever; `decode` refuses tokens of another vocabulary; configuration is
 * plain JSON. `@polytok/common/testing` exports these laws as a test suite.
 *
 * It does not guarantee: that decoding is lossless (each tokenizer states its bound), that it gives a signal at all (a
 * tokenizer without a synthesizer decodes to the features that its tokens stand for: `Decoded`), that the number of tokens is known before encoding (`tokenShape` gives an interval then), or any file access (see `./node`).
 */
import type { Vocabulary } from './vocabulary.js';

/** Names a kind of signal: 'speech', 'image', 'action', 'binary', or a caller's own. */
export type Modality = string;

/** Ids are stored in the narrowest type that holds the vocabulary. */
export type IdArray = Uint16Array | Uint32Array;

/** How a row of tokens maps back to its source. */
export type Alignment =
  /** Token `i` covers `[offset + i·hop, offset + (i+1)·hop)` of a signal with `rate` samples per second. */
  | { readonly kind: 'hop'; readonly hop: number; readonly rate: number; readonly offset: number }
  /** Row-major grid of patches, in pixels. */
  | {
      readonly kind: 'grid';
      readonly rows: number;
      readonly columns: number;
      readonly patch: readonly [number, number];
    }
  /** Each token's width in source units is a property of the vocabulary; the first starts at `start`. */
  | { readonly kind: 'widths'; readonly start: number }
  /** The tokens describe the signal as a whole (for example control points of a chunk). */
  | { readonly kind: 'whole'; readonly length: number };

/** Discrete tokens of one signal. */
export interface TokenSequence {
  readonly modality: Modality;
  /** `(length, codebooks)`, row-major. */
  readonly ids: IdArray;
  /** Rows. */
  readonly length: number;
  /** Ids per row; 1 for plain sequences. */
  readonly codebooks: number;
  /** Fingerprint of the vocabulary that made the ids. */
  readonly fingerprint: string;
  readonly alignment: Alignment;
}

/** Shape of a signal, as far as it decides the shape of its tokens: `[bytes]`, `[samples]`, `[height, width, channels]`. */
export type SignalShape = readonly number[];

/** Shape of the tokens of a signal. `minLength === maxLength` where it does not depend on the content. */
export interface TokenShape {
  readonly minLength: number;
  readonly maxLength: number;
  readonly codebooks: number;
}

/** Plain JSON. `type` names the tokenizer class in a registry. */
export interface TokenizerConfig {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** `Decoded` is what tokens become: the signal, or, where nothing leads back to one, features. */
export interface Tokenizer<Signal, Decoded = Signal> {
  readonly modality: Modality;
  readonly vocabulary: Vocabulary;
  encode(signal: Signal): Promise<TokenSequence>;
  /** @throws PolytokError `VOCABULARY_MISMATCH`, `ID_OUT_OF_RANGE` */
  decode(tokens: TokenSequence): Promise<Decoded>;
  /** Known without data. */
  tokenShape(signalShape: SignalShape): TokenShape;
  /** Configuration as JSON; weights, if any, are stored beside it. */
  toJSON(): TokenizerConfig;
}

/** A tokenizer that needs no waiting (BPE, actions). */
export interface SyncTokenizer<Signal, Decoded = Signal> extends Tokenizer<Signal, Decoded> {
  encodeSync(signal: Signal): TokenSequence;
  decodeSync(tokens: TokenSequence): Decoded;
}
