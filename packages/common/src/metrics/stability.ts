/** How well tokens survive a perturbation of their signal: noise, another crop, one byte cut off the front. */

import { requireInteger } from '../arguments.js';
import { PolytokError } from '../errors.js';
import { editDistance } from './edit-distance.js';
import { pieceEnds } from './piece-ends.js';
import type { Ids } from './token-counts.js';

/**
 * Share of positions with equal ids, for perturbations that keep frames in place. Positions that only one
 * sequence has count as changed; two empty sequences agree fully: 1.
 */
export function positionalAgreement(a: Ids, b: Ids): number {
  const shared = Math.min(a.length, b.length);
  const longest = Math.max(a.length, b.length);
  let equal = 0;
  for (let i = 0; i < shared; i++) if (a[i] === b[i]) equal++;
  return longest === 0 ? 1 : equal / longest;
}

/** Tokens of one signal before and after the perturbation. */
export interface PerturbedPair {
  readonly reference: Ids;
  readonly perturbed: Ids;
}

export interface UnitEditDistanceOptions {
  /** Any iterable, read once. */
  readonly pairs: Iterable<PerturbedPair>;
  /** Collapse runs of one id in both sequences first. Default: false. */
  readonly deduplicate?: boolean;
  /** Divide by the reference's tokens, so that the value may exceed 1, or by those of the longer side. Default: 'reference'. */
  readonly normalize?: 'reference' | 'longer';
}

/** Conventions differ between papers, so the result states its own. */
export interface UnitEditDistance {
  /** `edits / tokens`; 0 is perfectly stable. */
  readonly value: number;
  readonly edits: number;
  /** What the edits are divided by: total over all pairs, so that long signals weigh more. */
  readonly tokens: number;
  readonly pairs: number;
  readonly deduplicate: boolean;
  readonly normalize: 'reference' | 'longer';
}

/**
 * Unit edit distance (UED) of a corpus: total Levenshtein edits over total tokens. Without a single token to divide by it
 * is 1, the convention of the UED protocol: a tokenizer that says nothing is not stable.
 *
 * Source: Gat et al., "Augmentation invariant discrete representation for generative spoken language modeling"
 * (arXiv:2209.15483); defaults as in StableToken (arXiv:2509.22220).
 * @throws PolytokError `INVALID_ARGUMENT` for ids that are no integers or an unknown `normalize`
 */
export function unitEditDistance(options: UnitEditDistanceOptions): UnitEditDistance {
  const { pairs, deduplicate = false, normalize = 'reference' } = options;
  if (normalize !== 'reference' && normalize !== 'longer') {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `'normalize' must be 'reference' or 'longer'; got '${normalize}'.`,
      {
        details: { normalize },
      },
    );
  }
  let edits = 0;
  let tokens = 0;
  let count = 0;
  for (const pair of pairs) {
    const reference = deduplicate ? collapseRuns(pair.reference) : pair.reference;
    const perturbed = deduplicate ? collapseRuns(pair.perturbed) : pair.perturbed;
    edits += editDistance(reference, perturbed);
    tokens += normalize === 'reference' ? reference.length : Math.max(reference.length, perturbed.length);
    count++;
  }
  return { value: tokens === 0 ? 1 : edits / tokens, edits, tokens, pairs: count, deduplicate, normalize };
}

/** Keeps the first of each run of equal ids. */
export function collapseRuns(ids: Ids): number[] {
  return Array.from(ids).filter((id, i, all) => i === 0 || id !== all[i - 1]);
}

export interface BorderStabilityOptions {
  /** Source units of each token of the whole signal. */
  readonly reference: Ids;
  /** Source units of each token of a fragment of it, tokenized alone. */
  readonly fragment: Ids;
  /** Where the fragment starts in the whole signal, in source units: 1 when the first byte is cut off. */
  readonly offset: number;
}

export interface BorderStability {
  /** `kept / borders`; 1 when there was no border to lose. */
  readonly value: number;
  /** Borders between tokens of the whole signal that lie inside the fragment. */
  readonly borders: number;
  /** Those at which the fragment has a border too. */
  readonly kept: number;
}

/**
 * Share of token borders that stay where they are when only a fragment is tokenized.
 * @throws PolytokError `INVALID_ARGUMENT` when a width is not a positive integer or the fragment leaves the signal
 */
export function borderStability(options: BorderStabilityOptions): BorderStability {
  const { offset } = options;
  requireInteger(offset, 'offset');
  const whole = pieceEnds(options.reference, 'reference');
  const fragment = pieceEnds(options.fragment, 'fragment');
  const length = whole.at(-1) ?? 0;
  const end = offset + (fragment.at(-1) ?? 0);
  if (end > length) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `The fragment covers [${offset}, ${end}) of a signal of ${length} units; it must lie inside.`,
      { details: { offset, end, length } },
    );
  }
  let borders = 0;
  let kept = 0;
  let next = 0;
  for (const border of whole) {
    if (border <= offset || border >= end) continue;
    borders++;
    while (offset + fragment[next] < border) next++;
    if (offset + fragment[next] === border) kept++;
  }
  return { value: borders === 0 ? 1 : kept / borders, borders, kept };
}
