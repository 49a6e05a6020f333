import { type ByteVocabulary, uncoveredByte } from './byte-vocabulary.js';
import { NONE } from './token-trie.js';

/**
 * Greedy segmentation from right to left: at each position the longest token that ends there.
 * @returns ids, in the order of the bytes
 * @throws PolytokError `INVALID_ARGUMENT` where no token ends
 */
export function longestSuffix(bytes: Uint8Array, vocabulary: ByteVocabulary): Uint32Array {
  const ids = new Uint32Array(bytes.length);
  let first = bytes.length;
  for (let end = bytes.length; end > 0; ) {
    const id = vocabulary.backward.longestMatch(bytes, end - 1, -1);
    if (id === NONE) throw uncoveredByte(bytes, end - 1, 'longest suffix');
    ids[--first] = id;
    end -= vocabulary.lengths[id];
  }
  return ids.slice(first);
}
