import { requireInteger } from '../arguments.js';
import { PolytokError } from '../errors.js';
import { requireNonNegative } from './non-negative.js';
import type { Ids } from './token-counts.js';

/** How much of a vocabulary a named set of signals uses. */
export interface Utilisation {
  /** `used / vocabularySize`. It grows with the sample: compare only at equal token counts. */
  readonly value: number;
  /** Ids that occur. */
  readonly used: number;
  readonly vocabularySize: number;
}

/** Utilisation by a histogram over the whole vocabulary. @throws PolytokError `INVALID_ARGUMENT` for a bad count or no counts */
export function utilisation(counts: ArrayLike<number>): Utilisation {
  const vocabularySize = counts.length;
  requireInteger(vocabularySize, 'counts.length', { minimum: 1 });
  const used = vocabularySize - unusedIds(counts).length;
  return { value: used / vocabularySize, used, vocabularySize };
}

/** Ids that never occur, ascending. @throws PolytokError `INVALID_ARGUMENT` for a bad count */
export function unusedIds(counts: ArrayLike<number>): Uint32Array {
  requireNonNegative(counts, 'counts');
  return selectIds(counts.length, (id) => counts[id] === 0);
}

export interface UnreachableOptions<Source> {
  readonly vocabularySize: number;
  /** What token `id` stands for; `undefined` for ids that stand for no source (special tokens), which are passed over. */
  readonly source: (id: number) => Source | undefined;
  readonly encode: (source: Source) => Ids;
}

/**
 * Ids, ascending, that encoding never yields for their own source: `encode(source(id)) ≠ [id]`. For merge-based
 * tokenizers such an id can never occur at all; for others it is a strong hint.
 * @throws PolytokError `INVALID_ARGUMENT`; whatever the callbacks throw
 */
export function unreachableIds<Source>(options: UnreachableOptions<Source>): Uint32Array {
  const { vocabularySize, source, encode } = options;
  requireInteger(vocabularySize, 'vocabularySize', { minimum: 1 });
  return selectIds(vocabularySize, (id) => {
    const own = source(id);
    if (own === undefined) return false;
    const ids = encode(own);
    return ids.length !== 1 || ids[0] !== id;
  });
}

export interface IntermediateOptions {
  /** `(vocabularySize)` occurrences on a named set. */
  readonly counts: ArrayLike<number>;
  /** Ids that merges consume, in any number of lists: for example a merge table's left and right parts. */
  readonly mergeParts: Iterable<Ids>;
}

/**
 * Ids, ascending, that are parts of merges but never occur themselves: steps on the way to longer tokens.
 * @throws PolytokError `INVALID_ARGUMENT` for a bad count, `ID_OUT_OF_RANGE` for a part outside the counts
 */
export function intermediateOnlyIds(options: IntermediateOptions): Uint32Array {
  const { counts, mergeParts } = options;
  requireNonNegative(counts, 'counts');
  const isPart = new Uint8Array(counts.length);
  for (const parts of mergeParts) {
    for (let i = 0; i < parts.length; i++) {
      if (isPart[parts[i]] === undefined) {
        throw new PolytokError(
          'ID_OUT_OF_RANGE',
          `Merge part ${parts[i]} is no id of a vocabulary of ${counts.length}.`,
          {
            details: { index: i, id: parts[i], vocabularySize: counts.length },
          },
        );
      }
      isPart[parts[i]] = 1;
    }
  }
  return selectIds(counts.length, (id) => isPart[id] === 1 && counts[id] === 0);
}

function selectIds(size: number, keep: (id: number) => boolean): Uint32Array {
  const ids: number[] = [];
  for (let id = 0; id < size; id++) if (keep(id)) ids.push(id);
  return Uint32Array.from(ids);
}
