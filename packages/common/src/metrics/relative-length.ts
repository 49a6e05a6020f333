/** Token counts against other token counts: one tokenizer against another, or one language against another. */

import { requirePositive } from '../arguments.js';
import { PolytokError } from '../errors.js';
import { requireNonNegative } from './non-negative.js';

export interface NormalizedLengthOptions {
  /** Tokens per item by the tokenizer under test. */
  readonly tokens: ArrayLike<number>;
  /** Tokens of the same items by the reference tokenizer; each above 0 for `'mean-of-ratios'`. */
  readonly reference: ArrayLike<number>;
  /** `'pooled'` (default): sum over sum, long items weigh more. `'mean-of-ratios'`: every item weighs the same. */
  readonly average?: 'pooled' | 'mean-of-ratios';
}

/** The two averages differ, so the result names its own. */
export interface NormalizedLength {
  /** Below 1: fewer tokens than the reference. */
  readonly value: number;
  readonly average: 'pooled' | 'mean-of-ratios';
  readonly items: number;
}

/**
 * Normalised sequence length (NSL), Dagan et al., "Getting the most out of your tokenizer" (2024).
 * @throws PolytokError `INVALID_ARGUMENT` for lists of different length, bad counts, or a reference of no tokens
 */
export function normalizedSequenceLength(options: NormalizedLengthOptions): NormalizedLength {
  const { tokens, reference, average = 'pooled' } = options;
  if (tokens.length !== reference.length) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `Both tokenizers must count the same items; got ${tokens.length} and ${reference.length}.`,
      { details: { tokens: tokens.length, reference: reference.length } },
    );
  }
  const items = tokens.length;
  const sum = requireNonNegative(tokens, 'tokens');
  const referenceSum = requireNonNegative(reference, 'reference');
  if (average === 'pooled') {
    requirePositive(referenceSum, 'sum of reference');
    return { value: sum / referenceSum, average, items };
  }
  if (average !== 'mean-of-ratios') {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `'average' must be 'pooled' or 'mean-of-ratios'; got '${average}'.`,
      {
        details: { average },
      },
    );
  }
  requirePositive(items, 'tokens.length');
  let ratios = 0;
  for (let i = 0; i < items; i++) {
    requirePositive(reference[i], `reference[${i}]`);
    ratios += tokens[i] / reference[i];
  }
  return { value: ratios / items, average, items };
}

export interface PremiumOptions {
  /** Tokens of the same content in each language, architecture or recording condition. Each above 0. */
  readonly tokens: Readonly<Record<string, number>>;
  /** Name of the entry that the others are divided by. */
  readonly reference: string;
}

export interface Premium {
  readonly reference: string;
  /** Tokens of each entry divided by the reference's. */
  readonly values: Readonly<Record<string, number>>;
  /** Largest count divided by the smallest, whatever the reference: 1 is parity. */
  readonly maxOverMin: number;
}

/**
 * Tokenization premium of parallel content, Petrov et al., "Language model tokenizers introduce unfairness" (2023).
 * @throws PolytokError `UNKNOWN_NAME` for the reference, `INVALID_ARGUMENT` for a count that is not above 0
 */
export function premium(options: PremiumOptions): Premium {
  const { tokens, reference } = options;
  const entries = Object.entries(tokens);
  if (!Object.hasOwn(tokens, reference)) {
    const available = entries.map(([name]) => name);
    throw new PolytokError(
      'UNKNOWN_NAME',
      `No tokens are given for the reference '${reference}'; there are: ${available.join(', ')}.`,
      {
        details: { name: reference, available },
      },
    );
  }
  let smallest = Infinity;
  let largest = 0;
  for (const [name, count] of entries) {
    requirePositive(count, `tokens.${name}`);
    smallest = Math.min(smallest, count);
    largest = Math.max(largest, count);
  }
  const values = Object.fromEntries(entries.map(([name, count]) => [name, count / tokens[reference]]));
  return { reference, values, maxOverMin: largest / smallest };
}
