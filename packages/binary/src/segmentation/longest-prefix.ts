import { type ByteVocabulary, uncoveredByte } from './byte-vocabulary.js';
import { NONE } from './token-trie.js';

/**
 * Greedy segmentation from left to right: at each position the longest token that starts there. WordPiece's rule.
 * @returns ids
 * @throws PolytokError `INVALID_ARGUMENT` where no token starts
 */
export function longestPrefix(bytes: Uint8Array, vocabulary: ByteVocabulary): Uint32Array {
  const ids = new Uint32Array(bytes.length);
  let count = 0;
  for (let position = 0; position < bytes.length; ) {
    const id = vocabulary.forward.longestMatch(bytes, position, bytes.length);
    if (id === NONE) throw uncoveredByte(bytes, position, 'longest prefix');
    ids[count++] = id;
    position += vocabulary.lengths[id];
  }
  return ids.slice(0, count);
}
