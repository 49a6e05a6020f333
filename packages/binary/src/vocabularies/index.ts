import { decodeBase64, PolytokError } from '@polytok/common';
import { BpeModel, specialsFirstLayout } from '@polytok/common/bpe';
import { BINARY_SPECIALS } from '../binary-specials.js';
import { BinaryTokenizer, type BinaryTokenizerOptions } from '../binary-tokenizer.js';
import { MERGE_COUNT, MERGE_PLANES } from './merges.js';

/** Shipped vocabularies and their sizes, special tokens included. Each is a cut of the largest: ids are the same in all. */
export const BINARY_VOCABULARIES = {
  '4k': 4096,
  '8k': 8192,
  '16k': 16384,
  '32k': 32768,
  '64k': 65536,
} as const;

export type BinaryVocabularyName = keyof typeof BINARY_VOCABULARIES;

/**
 * A tokenizer with a shipped vocabulary, trained on ELF, PE and Mach-O files of eight architectures.
 *
 * @throws PolytokError `UNKNOWN_NAME`
 */
export function binaryTokenizer(
  name: BinaryVocabularyName = '32k',
  options: Omit<BinaryTokenizerOptions, 'model'> = {},
): BinaryTokenizer {
  if (!Object.hasOwn(BINARY_VOCABULARIES, name)) {
    const available = Object.keys(BINARY_VOCABULARIES);
    throw new PolytokError(
      'UNKNOWN_NAME',
      `There is no shipped vocabulary '${name}'; there are ${available.join(', ')}.`,
      {
        details: { name, available },
      },
    );
  }
  const merges = BINARY_VOCABULARIES[name] - 256 - BINARY_SPECIALS.length;
  const planes = new Uint16Array(decodeBase64(MERGE_PLANES).buffer);
  const table = {
    alphabetSize: 256,
    left: Uint32Array.from(planes.subarray(0, merges)),
    right: Uint32Array.from(planes.subarray(MERGE_COUNT, MERGE_COUNT + merges)),
  };
  return new BinaryTokenizer({
    ...options,
    model: new BpeModel({ table, layout: specialsFirstLayout(table, BINARY_SPECIALS) }),
  });
}
