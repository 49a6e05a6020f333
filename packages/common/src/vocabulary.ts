import type { IdArray, Modality } from './contract.js';
import { PolytokError } from './errors.js';
import { checkStoredFingerprint, fingerprintOf } from './fingerprint.js';
import { idArrayClass } from './id-array.js';
import { isJsonObject } from './json.js';

/** Most codebooks a vocabulary has: residual codecs use up to 32, action chunks a few hundred. */
export const MAX_CODEBOOKS = 4096;

/** What a vocabulary is made of; every field takes part in the fingerprint. */
export interface VocabularyOptions {
  readonly modality: Modality;
  /** Ids per codebook, special tokens included. One entry for a plain vocabulary. */
  readonly codebookSizes: readonly number[];
  /** Special tokens by name. Ids are below the (first) codebook's size. Default: none. */
  readonly specials?: Readonly<Record<string, number>>;
  /** How ids are laid out, for example 'rank' or 'lsb-first'. Default: 'plain'. */
  readonly layout?: string;
  /** Hash of the content that gives ids their meaning: merges, a codebook, bounds. Default: ''. */
  readonly content?: string;
}

/** A vocabulary as JSON. The fingerprint lets a reader notice an edited file. */
export interface VocabularyConfig extends Required<VocabularyOptions> {
  readonly fingerprint: string;
}

/** Sizes, special tokens, id layout and identity of a set of ids. Immutable. */
export class Vocabulary {
  readonly modality: Modality;
  readonly codebookSizes: readonly number[];
  readonly specials: Readonly<Record<string, number>>;
  readonly layout: string;
  readonly content: string;
  /** 16 hexadecimal digits: the first 64 bits of SHA-256 over the canonical configuration. */
  readonly fingerprint: string;

  /** @throws PolytokError `INVALID_ARGUMENT` when a size is not a positive integer or a special is outside */
  constructor(options: VocabularyOptions) {
    const { modality, codebookSizes, specials = {}, layout = 'plain', content = '' } = options;
    if (codebookSizes.length > MAX_CODEBOOKS) {
      throw new PolytokError(
        'LIMIT_EXCEEDED',
        `A vocabulary has at most ${MAX_CODEBOOKS} codebooks; got ${codebookSizes.length}.`,
        { details: { codebooks: codebookSizes.length, limit: MAX_CODEBOOKS } },
      );
    }
    if (
      codebookSizes.length === 0 ||
      codebookSizes.some((size) => !Number.isInteger(size) || size < 1 || size > 2 ** 32)
    ) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `A vocabulary needs codebook sizes from 1 to 2^32; got [${codebookSizes}].`,
        { details: { codebookSizes } },
      );
    }
    for (const [name, id] of Object.entries(specials)) {
      if (!Number.isInteger(id) || id < 0 || id >= codebookSizes[0]) {
        throw new PolytokError(
          'INVALID_ARGUMENT',
          `Special token '${name}' has id ${id}; it must be below ${codebookSizes[0]}.`,
          { details: { name, id, size: codebookSizes[0] } },
        );
      }
    }
    this.modality = modality;
    this.codebookSizes = Object.freeze([...codebookSizes]);
    this.specials = Object.freeze({ ...specials });
    this.layout = layout;
    this.content = content;
    this.fingerprint = fingerprintOf(canonical(this));
  }

  /** Ids of the first (often the only) codebook. */
  get size(): number {
    return this.codebookSizes[0];
  }

  get codebooks(): number {
    return this.codebookSizes.length;
  }

  /** Allocates ids in the narrowest type that holds every codebook. */
  allocateIds(length: number): IdArray {
    return new (idArrayClass(Math.max(...this.codebookSizes)))(length);
  }

  toJSON(): VocabularyConfig {
    const { modality, codebookSizes, specials, layout, content, fingerprint } = this;
    return { modality, codebookSizes, specials, layout, content, fingerprint };
  }

  /**
   * Reads what {@link Vocabulary.toJSON} writes, or options written by hand without a fingerprint.
   * @throws PolytokError `INVALID_FORMAT` for other JSON; `VOCABULARY_MISMATCH` when the fields do not have
   * the fingerprint they are stored with; and what the constructor throws
   */
  static fromJSON(config: unknown): Vocabulary {
    if (!isVocabularyJson(config)) {
      throw new PolytokError(
        'INVALID_FORMAT',
        "A vocabulary in JSON has a 'modality' (string), 'codebookSizes' (numbers), and may have 'specials' (ids by name), 'layout', 'content' and 'fingerprint' (strings). Write it with toJSON().",
      );
    }
    const vocabulary = new Vocabulary(config);
    checkStoredFingerprint('vocabulary', config.fingerprint, vocabulary.fingerprint);
    return vocabulary;
  }
}

function isVocabularyJson(config: unknown): config is VocabularyOptions & { fingerprint?: string } {
  if (!isJsonObject(config)) return false;
  const { modality, codebookSizes, specials = {}, layout = '', content = '', fingerprint = '' } = config;
  return (
    [modality, layout, content, fingerprint].every((field) => typeof field === 'string') &&
    Array.isArray(codebookSizes) &&
    isJsonObject(specials)
  );
}

function canonical(v: Vocabulary): string {
  const specials = Object.entries(v.specials).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return JSON.stringify([v.modality, v.codebookSizes, specials, v.layout, v.content]);
}
