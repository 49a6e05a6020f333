/**
 * The contract of action tokenizers: chunks of actions, `(steps, columns)`, to tokens and back, inside a control loop.
 *
 * It guarantees, beside the contract of every tokenizer: the shape of a chunk is the tokenizer's own, never that of the
 * last call; strict decoding either gives a whole chunk or throws, and never invents zeros; lenient decoding always gives
 * finite actions within the fitted range, and says what it repaired; the `Into` forms write into the caller's arrays, and
 * those of BEAST, FAST, bins and merged tokens allocate nothing.
 *
 * It does not guarantee: that calls may overlap (each tokenizer has one scratch), nor that actions are normalised: that
 * is done before, see `Normalizer`.
 */
import type { SyncTokenizer } from '@polytok/common';

/** `(steps, columns)`, row-major. */
export type ActionChunk = Float32Array | Float64Array;

export interface ActionTokenizer extends SyncTokenizer<ActionChunk> {
  readonly modality: 'action';
  /** T: steps of a chunk. */
  readonly steps: number;
  /** D: numbers per step. */
  readonly columns: number;
  /** Tokens of a chunk, or the most there can be where it depends on the content. */
  readonly maxLength: number;

  /**
   * `encodeSync` into `ids`.
   * @param ids at least `maxLength` long; receives the tokens
   * @returns the number of tokens
   * @throws PolytokError `INVALID_ARGUMENT` for another shape, or a number that is not finite, naming it
   */
  encodeInto(chunk: ActionChunk, ids: Uint16Array | Uint32Array): number;

  /**
   * Strict decoding into `chunk`.
   * @param ids all tokens of one chunk
   * @throws PolytokError `INVALID_ARGUMENT`, `ID_OUT_OF_RANGE`
   */
  decodeInto(ids: ArrayLike<number>, chunk: ActionChunk): void;

  decodeSync(tokens: Parameters<SyncTokenizer<ActionChunk>['decodeSync']>[0]): Float64Array;

  /**
   * Decodes what a model wrote, whatever it is.
   * @param ids any numbers, too few or too many
   * @throws PolytokError `INVALID_ARGUMENT` for the fallback alone
   */
  decodeLenient(ids: ArrayLike<number>, options?: LenientDecodeOptions): LenientDecode;

  /** What lenient decoding stays within. Absent where the tokenizer has no such range. */
  readonly range?: ActionRange;

  /**
   * Share, from 0 to 1, of the numbers behind the chunk's tokens (control points, coefficients) that the fitted range clips,
   * beyond rounding. Absent where a tokenizer cannot tell.
   * @throws PolytokError `INVALID_ARGUMENT` for another shape, or a number that is not finite
   */
  clippedShare?(chunk: ActionChunk): number;
}

/** `(columns)` each, ends included. */
export interface ActionRange {
  readonly low: ArrayLike<number>;
  readonly high: ArrayLike<number>;
}

export interface LenientDecodeOptions {
  /** `(columns)`: the action where the tokens say nothing, such as the last one executed; finite. Default: the tokenizer's middle. */
  readonly fallback?: ArrayLike<number>;
}

export interface LenientDecode {
  /** `(steps, columns)`, finite. */
  readonly actions: Float64Array;
  /** True when strict decoding would have given the same. */
  readonly ok: boolean;
  /** What was wrong, in the order it was found; empty when `ok`. */
  readonly issues: readonly DecodeIssue[];
}

export interface DecodeIssue {
  readonly kind:
    | 'too-few-tokens'
    | 'too-many-tokens'
    | 'id-out-of-range'
    | 'not-a-code'
    | 'value-out-of-range';
  /** What happened, and what was done about it. */
  readonly message: string;
  /** The first token, or value, concerned. */
  readonly at: number;
  /** How many are. */
  readonly count: number;
}
