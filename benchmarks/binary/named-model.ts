import { existsSync, readFileSync } from 'node:fs';
import { type BinaryVocabularyName, binaryTokenizer } from '@polytok/binary/vocabularies';
import { BpeModel, parseTokenizerJson } from '@polytok/common/bpe';
import { plainModel } from './vocabulary.js';

/**
 * The vocabulary in a `tokenizer.json`, a cut of plain training (`plain-32768`), or one that
 * `@polytok/binary/vocabularies` ships.
 * @throws PolytokError `UNKNOWN_NAME` listing what is shipped when it is none of them
 */
export async function namedModel(name: string): Promise<BpeModel> {
  if (existsSync(name)) return new BpeModel(parseTokenizerJson(readFileSync(name)));
  const plain = /^plain-(\d+)$/.exec(name);
  return plain ? plainModel(Number(plain[1])) : binaryTokenizer(name as BinaryVocabularyName).model;
}
