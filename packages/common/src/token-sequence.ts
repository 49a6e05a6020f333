import { equalAlignments } from './alignment.js';
import { checkIds } from './check-ids.js';
import type { Alignment, TokenSequence } from './contract.js';
import { PolytokError } from './errors.js';
import { narrowIds } from './id-array.js';
import type { Vocabulary } from './vocabulary.js';

export interface TokenSequenceOptions {
  readonly vocabulary: Vocabulary;
  /** `(length, codebooks)`, row-major. Not copied when it already has the vocabulary's id type. */
  readonly ids: ArrayLike<number>;
  readonly alignment: Alignment;
}

/**
 * Tokens with every invariant of {@link TokenSequence} checked; the last step of an `encode`.
 * @throws PolytokError `INVALID_ARGUMENT` when the ids do not fill whole rows, or not the grid; `ID_OUT_OF_RANGE`
 */
export function createTokenSequence({ vocabulary, ids, alignment }: TokenSequenceOptions): TokenSequence {
  const { modality, codebooks, fingerprint } = vocabulary;
  const length = ids.length / codebooks;
  checkShape({ ids, length, codebooks, alignment });
  checkIds(ids, vocabulary.codebookSizes);
  return {
    modality,
    ids: narrowIds(ids, Math.max(...vocabulary.codebookSizes)),
    length,
    codebooks,
    fingerprint,
    alignment,
  };
}

/**
 * Refuses tokens that `vocabulary` did not make; the first step of a `decode`.
 * @throws PolytokError `VOCABULARY_MISMATCH`, `INVALID_ARGUMENT` (contradictory lengths), `ID_OUT_OF_RANGE`
 */
export function checkTokens(tokens: TokenSequence, vocabulary: Vocabulary): void {
  checkSameVocabulary(tokens, vocabulary);
  checkShape(tokens);
  checkIds(tokens.ids, vocabulary.codebookSizes);
}

/** What tells a vocabulary from another; a {@link Vocabulary} and a {@link TokenSequence} both have it. */
export type VocabularyIdentity = Pick<TokenSequence, 'modality' | 'fingerprint' | 'codebooks'>;

/** @throws PolytokError `VOCABULARY_MISMATCH` */
export function checkSameVocabulary(tokens: VocabularyIdentity, expected: VocabularyIdentity): void {
  if (tokens.fingerprint === expected.fingerprint && tokens.codebooks === expected.codebooks) return;
  const describe = (v: VocabularyIdentity) =>
    `${v.modality} vocabulary ${v.fingerprint} (codebooks: ${v.codebooks})`;
  throw new PolytokError(
    'VOCABULARY_MISMATCH',
    `These tokens were made with the ${describe(tokens)}, but are used with the ${describe(expected)}. Use the tokenizer that made them.`,
    {
      details: {
        actual: tokens.fingerprint,
        expected: expected.fingerprint,
        actualCodebooks: tokens.codebooks,
        expectedCodebooks: expected.codebooks,
      },
    },
  );
}

/** @throws PolytokError `INVALID_ARGUMENT` */
function checkShape(tokens: {
  readonly ids: ArrayLike<number>;
  readonly length: number;
  readonly codebooks: number;
  readonly alignment: Alignment;
}): void {
  const { ids, length, codebooks, alignment } = tokens;
  if (!Number.isInteger(length) || ids.length !== length * codebooks) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `Tokens need codebooks × length ids; got ${ids.length} ids for ${codebooks} × ${length}. Cut or complete the last row.`,
      { details: { ids: ids.length, length, codebooks } },
    );
  }
  if (alignment.kind === 'grid' && alignment.rows * alignment.columns !== length) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `A grid of ${alignment.rows} × ${alignment.columns} patches needs as many tokens; got ${length}.`,
      { details: { rows: alignment.rows, columns: alignment.columns, length } },
    );
  }
}

/** True when both hold the same ids of the same vocabulary, aligned alike. */
export function equalTokens(a: TokenSequence, b: TokenSequence): boolean {
  return (
    a.modality === b.modality &&
    a.fingerprint === b.fingerprint &&
    a.length === b.length &&
    a.codebooks === b.codebooks &&
    equalAlignments(a.alignment, b.alignment) &&
    a.ids.length === b.ids.length &&
    a.ids.every((id, i) => id === b.ids[i])
  );
}
