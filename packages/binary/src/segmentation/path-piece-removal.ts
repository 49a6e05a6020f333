/**
 * What a vocabulary loses without a token: the criterion by which PathPiece shrinks a vocabulary from the top.
 *
 * Source: Schmidt et al., "Tokenization is more than compression" (arXiv:2402.18376), from its equations.
 */
import type { ByteVocabulary } from './byte-vocabulary.js';
import { prefixCosts, requireReached, suffixCosts, UNREACHED } from './least-tokens.js';

/** The tokens of a least-token segmentation, each with its price. */
export interface RemovalIncreases {
  /** `(tokens)` ids. */
  readonly ids: Uint32Array;
  /** `(tokens)` where each starts, in bytes. */
  readonly starts: Uint32Array;
  /**
   * `(tokens)` how many more tokens the bytes need when this occurrence, and no other, may not be used;
   * `Infinity` when they cannot be covered then.
   */
  readonly increases: Float64Array;
}

/**
 * Exact increase per occurrence. A segmentation that avoids `[i, j)` either cuts inside it, which costs
 * `before(k) + after(k)` at best, or spans it with a larger token `[u, v)`, which costs `before(u) + 1 + after(v)`.
 * @throws PolytokError `INVALID_ARGUMENT` when no segmentation covers the bytes
 */
export function removalIncreases(bytes: Uint8Array, vocabulary: ByteVocabulary): RemovalIncreases {
  const { costs: before, lastTokens } = prefixCosts(bytes, vocabulary);
  const optimum = requireReached(bytes, before);
  const after = suffixCosts(bytes, vocabulary);
  const ids = new Uint32Array(optimum);
  const starts = new Uint32Array(optimum);
  const increases = new Float64Array(optimum);
  for (let i = optimum - 1, end = bytes.length; i >= 0; i--) {
    ids[i] = lastTokens[end];
    starts[i] = end - vocabulary.lengths[ids[i]];
    const otherwise = Math.min(
      cheapestCut(before, after, starts[i], end),
      cheapestSpan(bytes, vocabulary, before, after, starts[i], end),
    );
    increases[i] = otherwise >= UNREACHED ? Infinity : otherwise - optimum;
    end = starts[i];
  }
  return { ids, starts, increases };
}

/**
 * `(vocabulary)` increase of each token summed over its occurrences in all segments; 0 for tokens never used.
 * The sum estimates the token's price: it is exact when the ways around its occurrences neither touch nor use it.
 * @throws PolytokError `INVALID_ARGUMENT` when a segment cannot be covered
 */
export function sumRemovalIncreases(
  segments: Iterable<Uint8Array>,
  vocabulary: ByteVocabulary,
): Float64Array {
  const sums = new Float64Array(vocabulary.tokens.length);
  for (const bytes of segments) {
    const { ids, increases } = removalIncreases(bytes, vocabulary);
    for (let i = 0; i < ids.length; i++) sums[ids[i]] += increases[i];
  }
  return sums;
}

/** Over all cuts strictly inside `[start, end)`. */
function cheapestCut(before: Uint32Array, after: Uint32Array, start: number, end: number): number {
  let cheapest = Infinity;
  for (let cut = start + 1; cut < end; cut++) cheapest = Math.min(cheapest, before[cut] + after[cut]);
  return cheapest;
}

/** Over all tokens that cover `[start, end)` and more. */
function cheapestSpan(
  bytes: Uint8Array,
  { forward, lengths, maxLength }: ByteVocabulary,
  before: Uint32Array,
  after: Uint32Array,
  start: number,
  end: number,
): number {
  const matches = new Int32Array(maxLength);
  let cheapest = Infinity;
  for (let from = start; from >= Math.max(0, end - maxLength); from--) {
    const count = forward.allMatches(bytes, from, bytes.length, matches);
    for (let k = 0; k < count; k++) {
      const to = from + lengths[matches[k]];
      const isLarger = to >= end && (from < start || to > end);
      if (isLarger) cheapest = Math.min(cheapest, before[from] + 1 + after[to]);
    }
  }
  return cheapest;
}
