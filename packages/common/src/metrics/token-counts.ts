import { PolytokError } from '../errors.js';

/** Ids of one token sequence; ids of several codebooks are counted alike. */
export type Ids = ArrayLike<number>;

/** Largest vocabulary a histogram is made for: 128 MiB of counts. */
export const MAX_COUNTED_VOCABULARY = 1 << 24;

export interface CountTokensOptions {
  /** Any iterable, read once, so that a corpus need not be in memory. */
  readonly sequences: Iterable<Ids>;
  /** Ids are below this; from 1 to {@link MAX_COUNTED_VOCABULARY}. */
  readonly vocabularySize: number;
}

/**
 * Occurrences of each id over all sequences: `(vocabularySize)`. Float64 counts are exact up to 2^53, where
 * 32-bit ones would wrap on a large corpus.
 * @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED` for the size, `ID_OUT_OF_RANGE` for an id
 */
export function countTokens(options: CountTokensOptions): Float64Array {
  const { sequences, vocabularySize } = options;
  const counts = allocateCounts(vocabularySize);
  for (const ids of sequences) addCounts(counts, ids);
  return counts;
}

/** Zeros: `(vocabularySize)`. @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED` */
export function allocateCounts(vocabularySize: number): Float64Array {
  if (!Number.isInteger(vocabularySize) || vocabularySize < 1) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `A vocabulary size is a positive integer; got ${vocabularySize}.`,
      {
        details: { vocabularySize },
      },
    );
  }
  if (vocabularySize > MAX_COUNTED_VOCABULARY) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `Counting needs a table of ${vocabularySize} entries; the limit is ${MAX_COUNTED_VOCABULARY}. Count codebooks one by one.`,
      { details: { vocabularySize, limit: MAX_COUNTED_VOCABULARY } },
    );
  }
  return new Float64Array(vocabularySize);
}

/** Adds one sequence to `counts` in place. @throws PolytokError `ID_OUT_OF_RANGE`; ids before the bad one are then counted */
export function addCounts(counts: Float64Array, ids: Ids): void {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i];
    // An index that is no element (negative, fractional, NaN, too large) reads as undefined.
    if (counts[id] === undefined) {
      throw new PolytokError(
        'ID_OUT_OF_RANGE',
        `Token ${i} has id ${id}; ids are integers below ${counts.length}.`,
        {
          details: { position: i, id, vocabularySize: counts.length },
        },
      );
    }
    counts[id]++;
  }
}
