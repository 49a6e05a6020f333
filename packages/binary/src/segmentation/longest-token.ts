import { type ByteVocabulary, uncoveredByte } from './byte-vocabulary.js';
import { NONE } from './token-trie.js';

/**
 * Takes the longest token anywhere in the input, the leftmost of equal ones, then does the same on both sides.
 *
 * Without recursion: visiting occurrences from long to short and from left to right, and taking each that overlaps
 * none taken before, makes the same choices. Every position is filed under the length of its longest match;
 * one that turns out blocked by a token further right is filed again under its longest match before that.
 * @returns ids
 * @throws PolytokError `INVALID_ARGUMENT` where a byte is left over that no token fits
 */
export function longestToken(bytes: Uint8Array, vocabulary: ByteVocabulary): Uint32Array {
  const { forward, lengths } = vocabulary;
  const n = bytes.length;
  const candidate = new Int32Array(n); // longest token that may still be taken at each position
  const taken = new Uint8Array(n);
  const byLength: number[][] = Array.from({ length: vocabulary.maxLength + 1 }, () => []);
  const file = (position: number, limit: number): void => {
    const id = (candidate[position] = forward.longestMatch(bytes, position, limit));
    if (id !== NONE) byLength[lengths[id]].push(position);
  };
  for (let position = 0; position < n; position++) file(position, n);

  for (let length = vocabulary.maxLength; length > 0; length--) {
    // Positions filed later come in any order.
    for (const position of Uint32Array.from(byLength[length]).sort()) {
      if (taken[position] === 1) continue;
      let free = position + 1;
      while (free < position + length && taken[free] === 0) free++;
      if (free < position + length) file(position, free);
      else taken.fill(1, position, free);
    }
    byLength[length] = [];
  }
  return readOff(bytes, vocabulary, candidate, taken);
}

/** Taken tokens tile the bytes, so each starts where the one before it ends. */
function readOff(
  bytes: Uint8Array,
  vocabulary: ByteVocabulary,
  candidate: Int32Array,
  taken: Uint8Array,
): Uint32Array {
  const uncovered = taken.indexOf(0);
  if (uncovered >= 0) throw uncoveredByte(bytes, uncovered, 'longest token');
  const ids = new Uint32Array(bytes.length);
  let count = 0;
  for (let position = 0; position < bytes.length; position += vocabulary.lengths[ids[count++]]) {
    ids[count] = candidate[position];
  }
  return ids.slice(0, count);
}
