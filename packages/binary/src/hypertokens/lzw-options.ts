import { PolytokError } from '@polytok/common';

/** Most phrases a book may hold: up to 32 bytes each are allocated at once. */
export const MAX_BOOK_CAPACITY = 1 << 20;
/** Longest phrase. With {@link MAX_DECODED_IDS} it bounds what few codes can expand to. */
export const MAX_PHRASE_LENGTH = 1 << 12;
/** Most ids one call decodes to: 1 GiB. */
export const MAX_DECODED_IDS = 1 << 28;

/** Encoder and decoder must agree on every field. */
export interface LzwOptions {
  /** Ids are below this; phrases get the codes from here on. */
  readonly vocabularySize: number;
  /** Most phrases per sequence, 0 to {@link MAX_BOOK_CAPACITY}; then the book stays as it is. Default 8192. */
  readonly maxPhrases?: number;
  /** Most ids per phrase, 1 to {@link MAX_PHRASE_LENGTH}. Default 4. */
  readonly maxPhraseLength?: number;
  /** Ids that stand alone and break phrases: markers, padding. Default: none. */
  readonly disabledIds?: Iterable<number>;
}

export interface ResolvedLzwOptions {
  readonly vocabularySize: number;
  readonly maxPhrases: number;
  readonly maxPhraseLength: number;
  readonly disabledIds: ReadonlySet<number>;
}

/** Fills in the defaults. @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED`, `ID_OUT_OF_RANGE` for a disabled id */
export function resolveLzwOptions(options: LzwOptions): ResolvedLzwOptions {
  const { vocabularySize, maxPhrases = 8192, maxPhraseLength = 4 } = options;
  // Codes must fit 32 bits.
  requireRange(vocabularySize, 'vocabularySize', 1, 2 ** 32 - MAX_BOOK_CAPACITY);
  requireRange(maxPhrases, 'maxPhrases', 0, MAX_BOOK_CAPACITY);
  requireRange(maxPhraseLength, 'maxPhraseLength', 1, MAX_PHRASE_LENGTH);
  const disabledIds = new Set(options.disabledIds);
  for (const id of disabledIds) requireId(id, vocabularySize, 'Disabled id');
  return { vocabularySize, maxPhrases, maxPhraseLength, disabledIds };
}

/** @throws PolytokError `ID_OUT_OF_RANGE` unless `id` is an integer below `size` */
export function requireId(id: number, size: number, what: string): void {
  if (Number.isInteger(id) && id >= 0 && id < size) return;
  throw new PolytokError('ID_OUT_OF_RANGE', `${what} ${id} is not an integer below ${size}.`, {
    details: { id, size },
  });
}

function requireRange(value: number, name: string, minimum: number, maximum: number): void {
  if (!Number.isInteger(value) || value < minimum) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `'${name}' must be an integer from ${minimum} to ${maximum}; got ${value}.`,
      {
        details: { name, value, minimum, maximum },
      },
    );
  }
  if (value > maximum) {
    throw new PolytokError('LIMIT_EXCEEDED', `'${name}' is ${value}; the limit is ${maximum}.`, {
      details: { name, value, limit: maximum },
    });
  }
}
