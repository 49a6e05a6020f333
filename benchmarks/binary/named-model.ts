import { existsSync, readFileSync } from 'node:fs';
import { type BinaryVocabularyName, binaryTokenizer } from '@polytok/binary/vocabularies';
import { BpeModel, parseTokenizerJson } from '@polytok/common/bpe';
import { plainModel } from './vocabulary.js';

/**
 * The vocabulary in a `tokenizer.json` (cut to 32768 tokens as `FILE@32768`), a cut of plain training (`plain-32768`), or one that
 * `@polytok/binary/vocabularies` ships.
 * @throws PolytokError `UNKNOWN_NAME` listing what is shipped when it is none of them
 */
export async function namedModel(name: string): Promise<BpeModel> {
  const [file, size] = name.split('@');
  if (existsSync(file)) {
    const model = new BpeModel(parseTokenizerJson(readFileSync(file)));
    return size === undefined ? model : model.truncate(Number(size));
  }
  const plain = /^plain-(\d+)$/.exec(name);
  return plain ? plainModel(Number(plain[1])) : binaryTokenizer(name as BinaryVocabularyName).model;
}
