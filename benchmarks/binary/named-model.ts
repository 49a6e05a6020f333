import { existsSync, readFileSync } from 'node:fs';
import { type BinaryVocabularyName, binaryTokenizer } from '@polytok/binary/vocabularies';
import { BpeModel, parseTokenizerJson } from '@polytok/common/bpe';

/**
 * The vocabulary in a `tokenizer.json`, or one that `@polytok/binary/vocabularies` ships.
 * @throws PolytokError `UNKNOWN_NAME` listing what is shipped when there is no such file either
 */
export function namedModel(name: string): BpeModel {
  if (existsSync(name)) return new BpeModel(parseTokenizerJson(readFileSync(name)));
  return binaryTokenizer(name as BinaryVocabularyName).model;
}
