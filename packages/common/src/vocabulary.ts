import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { IdArray, Modality } from './contract.js';
import { PolytokError } from './errors.js';

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
    if (codebookSizes.length === 0 || codebookSizes.some((size) => !Number.isInteger(size) || size < 1 || size > 2 ** 32)) {
      throw new PolytokError('INVALID_ARGUMENT', `A vocabulary needs codebook sizes from 1 to 2^32; got [${codebookSizes}].`, {
        details: { codebookSizes },
      });
    }
    for (const [name, id] of Object.entries(specials)) {
      if (!Number.isInteger(id) || id < 0 || id >= codebookSizes[0]) {
        throw new PolytokError('INVALID_ARGUMENT', `Special token '${name}' has id ${id}; it must be below ${codebookSizes[0]}.`, {
          details: { name, id, size: codebookSizes[0] },
        });
      }
    }
    this.modality = modality;
    this.codebookSizes = Object.freeze([...codebookSizes]);
    this.specials = Object.freeze({ ...specials });
    this.layout = layout;
    this.content = content;
    this.fingerprint = bytesToHex(sha256(utf8ToBytes(canonical(this)))).slice(0, 16);
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
    return Math.max(...this.codebookSizes) <= 0x10000 ? new Uint16Array(length) : new Uint32Array(length);
  }
}

function canonical(v: Vocabulary): string {
  const specials = Object.entries(v.specials).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return JSON.stringify([v.modality, v.codebookSizes, specials, v.layout, v.content]);
}
