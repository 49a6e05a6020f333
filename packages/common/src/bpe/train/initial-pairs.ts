import { NONE, type PairStore } from './pair-store.js';
import { MAX_ENTRIES, PositionLists } from './position-lists.js';
import type { SymbolStream } from './symbol-stream.js';

/** Largest alphabet whose pairs are looked up in a square table; larger ones go through the store's hash table. */
const SQUARE_ALPHABET = 1024;

/**
 * Counts every pair of the untouched stream in two passes: the first counts, the second writes position
 * lists for the pairs that reach `minCount` in some channel; the others are dropped for good (counts only fall).
 *
 * @param options.headroom entries for the lists of later pairs; room that is never used costs no memory
 */
export function indexInitialPairs(
  stream: SymbolStream,
  store: PairStore,
  options: { alphabetSize: number; groups: number; minCount: number; headroom: number },
): PositionLists {
  const { alphabetSize, groups, minCount, headroom } = options;
  const { ids, spans, border } = stream;
  const channels = store.channels;
  const square =
    alphabetSize <= SQUARE_ALPHABET ? new Uint32Array(alphabetSize * alphabetSize).fill(NONE) : undefined;

  let p = 1;
  for (const { end, weight, group } of spans) {
    let odd = false; // an odd number of equal pairs so far in this run: the next is the second of its two
    for (; p < end; p++) {
      const left = ids[p - 1];
      const right = ids[p];
      if (left === border || right === border) {
        odd = false;
        continue;
      }
      let record = square ? square[left * alphabetSize + right] : store.find(left, right);
      if (record === NONE) {
        record = store.add(left, right);
        if (square) square[left * alphabetSize + right] = record;
      }
      store.length[record]++;
      odd = left === right && !odd;
      if (left !== right || odd) {
        store.counts[record * channels + group] += weight;
        if (channels > groups) store.counts[record * channels + groups] += weight;
      }
    }
  }

  const renumbered = store.compact((record) => reaches(store.counts, record, channels, minCount));
  if (square) {
    for (let pair = 0; pair < square.length; pair++)
      if (square[pair] !== NONE) square[pair] = renumbered[square[pair]];
  }
  let total = 0;
  for (let record = 0; record < store.size; record++) total += store.length[record];
  const lists = new PositionLists(Math.min(MAX_ENTRIES, total + headroom));
  const cursor = new Uint32Array(store.size);
  for (let record = 0; record < store.size; record++)
    cursor[record] = lists.reserve(store, record, store.length[record]);
  const entries = lists.entries;
  for (p = 1; p < ids.length; p++) {
    const left = ids[p - 1];
    const right = ids[p];
    if (left === border || right === border) continue;
    const record = square ? square[left * alphabetSize + right] : store.find(left, right);
    if (record !== NONE) entries[cursor[record]++] = p - 1;
  }
  return lists;
}

/** Whether some channel of row `row` of `weights`, `(rows, channels)`, reaches `minCount`. */
export function reaches(weights: Float64Array, row: number, channels: number, minCount: number): boolean {
  const first = row * channels;
  for (let c = first; c < first + channels; c++) if (weights[c] >= minCount) return true;
  return false;
}
