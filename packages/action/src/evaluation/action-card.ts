/**
 * The card of an action tokenizer: everything that is worth knowing before it drives a robot, on a named set of
 * episodes. Plain JSON: no NaN, no infinities; null says that there was nothing to measure.
 *
 * Units: *physical* are those of the episodes; *tokenizer units* are what it encodes, after normalisation, the same where
 * nothing was normalised. Shares are from 0 to 1.
 */
import type { Decodability } from './decodability.js';
import type { Distribution } from './distribution.js';
import type { LimitShares } from './limit-share.js';
import type { PrefixError } from './prefix-error.js';
import type { ReconstructionError } from './reconstruction-error.js';
import type { SeamGaps } from './seams.js';
import type { Smoothness } from './smoothness.js';
import type { TokenRate } from './token-rate.js';
import type { TokenSensitivity } from './token-sensitivity.js';
import type { VocabularyUse } from './vocabulary-use.js';

/** Goes up when a field changes its meaning or goes away, not when one is added. */
export const ACTION_CARD_VERSION = 1;

/** The same measure of what went in and of what came out. */
export interface SourceAndDecoded<Measure> {
  readonly source: Measure;
  readonly decoded: Measure;
}

export interface ActionCard {
  readonly version: typeof ACTION_CARD_VERSION;
  /** Seed of all that was random. */
  readonly seed: number;
  readonly tokenizer: {
    /** Its name in a registry. */
    readonly type: string;
    /** Of its vocabulary. */
    readonly fingerprint: string;
    /** T: steps of a chunk. */
    readonly steps: number;
    /** D: numbers per step. */
    readonly columns: number;
    /** Most tokens of a chunk. */
    readonly maxLength: number;
    /** Ids of each codebook. */
    readonly codebookSizes: readonly number[];
  };
  readonly data: {
    /** Those with at least one step. */
    readonly episodes: number;
    /** Steps of all of them; every one was encoded and decoded. */
    readonly steps: number;
    readonly seconds: number;
    /** Chunks, one behind the other; the last of an episode rests at its last action until it is full. */
    readonly chunks: number;
    /** Steps per second. */
    readonly fps: number;
    /** `(columns)` */
    readonly names: readonly string[];
    /** `(columns)`; null where the episodes do not say. */
    readonly units: readonly string[] | null;
  };
  readonly error: {
    readonly physical: ReconstructionError;
    /** In tokenizer units; null without a normalizer. */
    readonly normalised: ReconstructionError | null;
    /** Share of the chunks whose largest error is at most `tolerance`, in tokenizer units. */
    readonly valid: { readonly share: number; readonly tolerance: number };
    /** Chunks that encoding refused, or whose own tokens strict decoding refused; they were decoded leniently. */
    readonly refusedChunks: number;
  };
  readonly tokens: TokenRate;
  /** All codebooks together. */
  readonly vocabulary: VocabularyUse;
  /** Null for a tokenizer that cannot tell, or without a normalizer. */
  readonly clipped: {
    /** Share of the numbers behind the tokens, see `ActionTokenizer.clippedShare`; mean over chunks. */
    readonly tokenizer: number | null;
    /** Share of the actions that normalising and back does not give again. */
    readonly normalizer: number | null;
  };
  readonly decodability: {
    /** Random ids, as many as chunks have. */
    readonly random: Decodability;
    /** Tokens of chunks with 10 % of them exchanged. */
    readonly mutated: Decodability;
    /** Tokens of chunks, broken off at a random place. */
    readonly truncated: Decodability;
  };
  /** In tokenizer units. */
  readonly sensitivity: TokenSensitivity;
  /** Share of equal tokens of chunks one step apart; null where no episode is longer than a chunk. */
  readonly overlap: number | null;
  /** From few tokens to all, in tokenizer units. */
  readonly prefixes: readonly PrefixError[];
  /** Physical, at the places where decoded chunks meet. */
  readonly seams: SourceAndDecoded<SeamGaps>;
  /** Physical. */
  readonly smoothness: SourceAndDecoded<Smoothness>;
  /** Physical; null where no limits were given. */
  readonly limits: SourceAndDecoded<LimitShares> | null;
  /** Microseconds on the machine that evaluated, one chunk at a time; of `encodeInto` and `decodeInto`. */
  readonly latency: { readonly encode: Distribution; readonly decode: Distribution };
  /** Episodes that succeeded when replayed; null where no replay was given. */
  readonly replay: SourceAndDecoded<number> | null;
}
