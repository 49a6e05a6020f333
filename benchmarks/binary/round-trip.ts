/**
 * Encodes every executable of the corpus with every shipped vocabulary, decodes it, and compares byte for byte.
 * Exits with 1 if any differs.
 *
 *   npx tsx --conditions=@polytok/source binary/round-trip.ts
 */
import { readFileSync } from 'node:fs';
import {
  BINARY_VOCABULARIES,
  type BinaryVocabularyName,
  binaryTokenizer,
} from '@polytok/binary/vocabularies';
import { loadCorpus, USED_ROLES } from './corpus.mjs';

const files = loadCorpus({ roles: USED_ROLES });
let different = 0;
for (const name of Object.keys(BINARY_VOCABULARIES) as BinaryVocabularyName[]) {
  const tokenizer = binaryTokenizer(name);
  let bytes = 0;
  let tokens = 0;
  for (const { path, file } of files) {
    const input = readFileSync(file);
    const encoded = tokenizer.encodeSync(input);
    bytes += input.length;
    tokens += encoded.length;
    if (input.equals(tokenizer.decodeSync(encoded))) continue;
    different++;
    console.log(`${name}: ${path} came back different`);
  }
  console.log(`${name}: ${files.length} files, ${bytes} bytes, ${tokens} tokens, ${different} different`);
}
process.exitCode = different > 0 ? 1 : 0;
