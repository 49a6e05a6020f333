import { PolytokError } from '../errors.js';

/**
 * Longest token the engine accepts, in symbols; published vocabularies stay below 10^3. Protects from merge lists
 * that double each step: tables, and the encoder, whose time for a byte grows with the longest token at worst.
 */
export const MAX_TOKEN_SYMBOLS = 1 << 12;
/** Most tokens (alphabet and merges) the engine accepts: ids stay within 24 bits. */
export const MAX_VOCABULARY = 1 << 22;
/** Ids are below this. Readers keep tables by id; at this size one takes 64 MB, 60 times the largest published vocabulary's. */
export const MAX_TOKEN_IDS = 1 << 24;

/**
 * A BPE merge list in rank order. Ranks are the engine's own ids: `0 … alphabetSize-1` are the base symbols,
 * merge `k` makes rank `alphabetSize + k` out of `left[k]` and `right[k]`, both of lower rank. A merge may spell a
 * token that an earlier one spells; parts name such a token by the first rank that spells it.
 */
export interface MergeTable {
  /** 256 for bytes; any number of integer symbols otherwise. */
  readonly alphabetSize: number;
  /** `(merges)` ranks */
  readonly left: Uint32Array;
  /** `(merges)` ranks */
  readonly right: Uint32Array;
}

/** A token outside the merge list: padding, markers. It never results from encoding plain data. */
export interface SpecialToken {
  readonly id: number;
  readonly content: string;
}

/** How ranks appear outside: published vocabularies put special tokens anywhere. */
export interface IdLayout {
  /** `(alphabetSize + merges)` external id of each rank. Two ranks share an id when two merges spell the same token. */
  readonly ids: Uint32Array;
  readonly specials: readonly SpecialToken[];
  /** Ids are below this; holes are allowed. */
  readonly size: number;
}

/** Layout with the special tokens first, then the alphabet, then the merges: ids do not move when a vocabulary is cut shorter. */
export function specialsFirstLayout(table: MergeTable, specials: readonly string[]): IdLayout {
  const count = table.alphabetSize + table.left.length;
  return {
    ids: Uint32Array.from({ length: count }, (_, rank) => rank + specials.length),
    specials: specials.map((content, id) => ({ id, content })),
    size: count + specials.length,
  };
}

/** `(ranks)` length of each token in symbols. @throws PolytokError `INVALID_FORMAT`, `LIMIT_EXCEEDED` */
export function tokenLengths(table: MergeTable): Uint32Array {
  const { alphabetSize, left, right } = table;
  if (left.length !== right.length) {
    throw new PolytokError(
      'INVALID_FORMAT',
      `A merge table needs as many left as right parts; got ${left.length} and ${right.length}.`,
    );
  }
  if (!Number.isInteger(alphabetSize) || alphabetSize < 1 || alphabetSize + left.length > MAX_VOCABULARY) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `A merge table holds 1 to ${MAX_VOCABULARY} tokens; got ${alphabetSize} symbols and ${left.length} merges.`,
      {
        details: { alphabetSize, merges: left.length, limit: MAX_VOCABULARY },
      },
    );
  }
  const lengths = new Uint32Array(alphabetSize + left.length).fill(1, 0, alphabetSize);
  for (let k = 0; k < left.length; k++) {
    const rank = alphabetSize + k;
    if (left[k] >= rank || right[k] >= rank) {
      throw new PolytokError(
        'INVALID_FORMAT',
        `Merge ${k} refers to token ${Math.max(left[k], right[k])}, which is not made before it. Merges must be in rank order.`,
        {
          details: { merge: k, left: left[k], right: right[k], rank },
        },
      );
    }
    lengths[rank] = lengths[left[k]] + lengths[right[k]];
    if (lengths[rank] > MAX_TOKEN_SYMBOLS) {
      throw new PolytokError(
        'LIMIT_EXCEEDED',
        `Merge ${k} makes a token of ${lengths[rank]} symbols; the limit is ${MAX_TOKEN_SYMBOLS}.`,
        {
          details: { merge: k, symbols: lengths[rank], limit: MAX_TOKEN_SYMBOLS },
        },
      );
    }
  }
  return lengths;
}
