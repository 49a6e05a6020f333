/**
 * The segmentation with the fewest tokens, as PathPiece makes it.
 *
 * Source: Schmidt et al., "Tokenization is more than compression" (arXiv:2402.18376), from its equations.
 */
import { type ByteVocabulary, uncoveredByte } from './byte-vocabulary.js';

/** Cost of a position that no segmentation reaches. Larger than any input is long. */
export const UNREACHED = 0xffffffff;

/**
 * Fewest tokens that cover `bytes`; of equally short ways the one whose last token is the widest, and so on backward.
 * @returns ids
 * @throws PolytokError `INVALID_ARGUMENT` when no segmentation covers the bytes
 */
export function leastTokens(bytes: Uint8Array, vocabulary: ByteVocabulary): Uint32Array {
  const { costs, lastTokens } = prefixCosts(bytes, vocabulary);
  const ids = new Uint32Array(requireReached(bytes, costs));
  for (let end = bytes.length, i = ids.length; end > 0; end -= vocabulary.lengths[ids[i]]) {
    ids[--i] = lastTokens[end];
  }
  return ids;
}

export interface PrefixCosts {
  /** `(bytes + 1)` fewest tokens that cover the first `i` bytes, or {@link UNREACHED}. */
  readonly costs: Uint32Array;
  /** `(bytes + 1)` last token of such a segmentation, the widest; meaningless at 0 and where unreached. */
  readonly lastTokens: Uint32Array;
}

/** Dynamic programme over all prefixes: O(bytes × longest token). */
export function prefixCosts(bytes: Uint8Array, vocabulary: ByteVocabulary): PrefixCosts {
  const { forward, lengths } = vocabulary;
  const costs = new Uint32Array(bytes.length + 1).fill(UNREACHED);
  const lastTokens = new Uint32Array(bytes.length + 1);
  const matches = new Int32Array(vocabulary.maxLength);
  costs[0] = 0;
  for (let start = 0; start < bytes.length; start++) {
    if (costs[start] === UNREACHED) continue;
    const cost = costs[start] + 1;
    const count = forward.allMatches(bytes, start, bytes.length, matches);
    for (let k = 0; k < count; k++) {
      const end = start + lengths[matches[k]];
      // Starts come in ascending order, so that the first of equal costs has the widest token.
      if (cost < costs[end]) {
        costs[end] = cost;
        lastTokens[end] = matches[k];
      }
    }
  }
  return { costs, lastTokens };
}

/** `(bytes + 1)` fewest tokens that cover the bytes from `i` on, or {@link UNREACHED}. */
export function suffixCosts(bytes: Uint8Array, vocabulary: ByteVocabulary): Uint32Array {
  const { forward, lengths } = vocabulary;
  const costs = new Uint32Array(bytes.length + 1).fill(UNREACHED);
  const matches = new Int32Array(vocabulary.maxLength);
  costs[bytes.length] = 0;
  for (let start = bytes.length - 1; start >= 0; start--) {
    const count = forward.allMatches(bytes, start, bytes.length, matches);
    for (let k = 0; k < count; k++) {
      costs[start] = Math.min(costs[start], costs[start + lengths[matches[k]]] + 1);
    }
  }
  return costs;
}

/** The cost of all bytes. @throws PolytokError `INVALID_ARGUMENT` naming where the longest reachable prefix ends */
export function requireReached(bytes: Uint8Array, costs: Uint32Array): number {
  const cost = costs[bytes.length];
  if (cost !== UNREACHED) return cost;
  const reached = costs.findLastIndex((prefixCost) => prefixCost !== UNREACHED);
  throw uncoveredByte(bytes, reached, 'least tokens');
}
