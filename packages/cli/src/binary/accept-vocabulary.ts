import { BinaryTokenizer, TOKEN_BORDERS } from '@polytok/binary';
import { checkSameVocabulary, type VocabularyIdentity } from '@polytok/common';

/**
 * Refuses tokens of another vocabulary. Borders decide where tokens end, not what they spell, so that tokens made with
 * any borders are accepted.
 */
export class AcceptVocabulary {
  readonly #tokenizer: BinaryTokenizer;
  readonly #fingerprints: ReadonlySet<string>;

  constructor(tokenizer: BinaryTokenizer) {
    this.#tokenizer = tokenizer;
    const { model } = tokenizer;
    this.#fingerprints = new Set(
      TOKEN_BORDERS.map((borders) => new BinaryTokenizer({ model, borders }).vocabulary.fingerprint),
    );
  }

  /** @throws PolytokError `VOCABULARY_MISMATCH` */
  check(tokens: VocabularyIdentity): void {
    if (!this.#fingerprints.has(tokens.fingerprint)) checkSameVocabulary(tokens, this.#tokenizer.vocabulary);
  }
}
