/**
 * The contract between FAST's coefficients and its tokens.
 *
 * Coefficients come as codes: integers from 0, the coefficient less the tokenizer's lowest one. A coder guarantees that
 * codes that it spells come back from their ids. It does not guarantee that any ids are codes: what a model writes may
 * spell broken text.
 */
import type { TokenizerConfig } from '@polytok/common';

export interface CoefficientCoder {
  /** Codes that come back are below this. */
  readonly codes: number;
  /** Ids are below this. */
  readonly size: number;
  /** Most ids that one code may take. */
  readonly idsPerCode: number;
  /** Most symbols, of which a code takes one or more, in one token. */
  readonly longest: number;
  /** Whether a code below `codes` comes back. */
  spells(code: number): boolean;
  /** An encoder of `codes` codes at a time, with scratch of its own. @throws PolytokError `LIMIT_EXCEEDED` */
  encoder(codes: number): CodeEncoder;
  /**
   * What an id spells by itself, whatever stands beside it. Undefined where it is a part of a code, or none at all.
   * @param id below `size`
   */
  codesOf(id: number): readonly number[] | undefined;
  /** What ids spell: codes, or {@link NOT_A_CODE} where there is none. @param ids integers below `size` */
  decode(ids: ArrayLike<number>): number[];
  /** Its part of a tokenizer's configuration. */
  toJSON(): TokenizerConfig;
}

export interface CodeEncoder {
  /**
   * Encodes as many codes as the encoder was made for, without allocation.
   * @param codes integers; those that the coder does not spell are lost, in part or whole, or refused
   * @param ids has room for `idsPerCode` ids of each
   * @param tail from here on all codes are the same: most of a smooth chunk's are
   * @returns the number of ids
   * @throws PolytokError `INVALID_ARGUMENT` for codes that the coder refuses
   */
  encodeInto(codes: Uint32Array, ids: Uint16Array | Uint32Array, tail: number): number;
}

/** Stands for a part of the text that spells no code. */
export const NOT_A_CODE = -1;
