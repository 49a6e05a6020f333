import { PolytokError } from '../errors.js';
import { seededRandom } from '../random.js';
import { KeyHeap } from './key-heap.js';
import { mergeIndexOf, NO_MERGE } from './merge-index.js';
import type { MergeTable } from './merge-table.js';
import { symbolsToRanks } from './symbols.js';
import { TokenChain } from './token-chain.js';

/** Longest input. Each symbol takes 32 bytes or more while it is encoded: this many take 2 GB. */
export const MAX_DROPOUT_SYMBOLS = 1 << 26;

export interface DropoutOptions {
  /** Chance of each candidate merge to be passed over in a step: 0 gives BPE, 1 the base symbols, the paper uses 0.1. */
  readonly probability: number;
  /** Integer from 0 to 2^32 - 1. The same seed gives the same tokens on every platform. */
  readonly seed: number;
}

/** Positions take the low 31 bits of a heap key, ranks the 22 bits above: 53 in all, which a double holds exactly. */
const POSITIONS = 2 ** 31;

/**
 * BPE-dropout (Provilkov, Emelianenko, Voita 2020, arXiv 1910.13267, algorithm 1). In every step each candidate
 * merge is passed over with the given probability, and the first of the others (lowest rank, leftmost) is
 * applied; those passed over are candidates again in the next step. The first step that passes over all of
 * them is the last. One input thereby gets many segmentations, all of which spell it.
 *
 * Expected time O(n log n / (1 - probability)), whatever the input holds.
 *
 * @param symbols `(length)` integers below `table.alphabetSize`
 * @returns ranks
 * @throws PolytokError `INVALID_ARGUMENT` for a probability, seed or symbol out of range; `LIMIT_EXCEEDED`
 * above {@link MAX_DROPOUT_SYMBOLS}; `INVALID_FORMAT`, `LIMIT_EXCEEDED` for a bad table
 */
export function encodeWithDropout(
  table: MergeTable,
  symbols: ArrayLike<number>,
  options: DropoutOptions,
): Uint32Array {
  const { probability, seed } = options;
  checkOptions(probability, seed);
  checkLength(symbols.length);
  const merges = mergeIndexOf(table);
  const tokens = symbolsToRanks(symbols, table.alphabetSize);
  const chain = new TokenChain(tokens);
  // A merge takes one key out and puts at most two in, and there are fewer merges than symbols.
  const heap = new KeyHeap(2 * tokens.length);
  /** `(length)` rank of the merge of the token here and the one after it. Keys in the heap that differ are stale. */
  const candidates = new Uint32Array(tokens.length).fill(NO_MERGE);
  const propose = (at: number) => {
    const after = chain.next[at];
    const rank = after === chain.end ? NO_MERGE : merges.rankOf(tokens[at], tokens[after]);
    candidates[at] = rank;
    if (rank !== NO_MERGE) heap.push(rank * POSITIONS + at);
  };
  for (let at = 0; at < tokens.length; at++) propose(at);

  const random = seededRandom(seed);
  const threshold = probability * 2 ** 32;
  const passedOver: number[] = [];
  while (heap.size > 0) {
    const key = heap.pop();
    const at = key % POSITIONS;
    const rank = (key - at) / POSITIONS;
    if (candidates[at] !== rank) continue;
    if (random() < threshold) {
      passedOver.push(key);
      continue;
    }
    candidates[chain.next[at]] = NO_MERGE;
    chain.removeAfter(at);
    tokens[at] = merges.products[rank];
    propose(at);
    if (at > 0) propose(chain.previous[at]);
    for (const again of passedOver) heap.push(again);
    passedOver.length = 0;
  }
  return chain.collect();
}

function checkOptions(probability: number, seed: number): void {
  if (!(probability >= 0 && probability <= 1)) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `The dropout probability must be from 0 to 1; got ${probability}.`,
      {
        details: { probability },
      },
    );
  }
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `The seed must be an integer from 0 to 2^32 - 1; got ${seed}.`,
      {
        details: { seed },
      },
    );
  }
}

function checkLength(length: number): void {
  if (length > MAX_DROPOUT_SYMBOLS) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `Dropout encodes up to ${MAX_DROPOUT_SYMBOLS} symbols at once; got ${length}. Encode the input in pieces.`,
      { details: { length, limit: MAX_DROPOUT_SYMBOLS } },
    );
  }
}
