/**
 * Trains a tokenizer on files and writes it as a tokenizer.json for HuggingFace's libraries.
 *
 *     npx tsx --conditions=@polytok/source examples/train-for-huggingface.ts tokenizer.json FILE…
 *
 * In Python, bytes pass through the string API as Latin-1, and give the ids that polytok gives:
 *
 *     from tokenizers import Tokenizer
 *     tokenizer = Tokenizer.from_file('tokenizer.json')
 *     ids = tokenizer.encode(open('program', 'rb').read().decode('latin-1')).ids
 */
import { readFile } from 'node:fs/promises';
import { BinaryTokenizer, fitBinaryTokenizer } from '@polytok/binary';
import { writeFileAtomic } from '@polytok/common/node';

const [out = 'tokenizer.json', ...files] = process.argv.slice(2);
const corpus = await Promise.all(
  (files.length > 0 ? files : [import.meta.filename]).map((file) => readFile(file)),
);

const { tokenizer, training } = await fitBinaryTokenizer(
  corpus.map((bytes) => ({ bytes })),
  { vocabularySize: 1024, minCount: 4 },
);
await writeFileAtomic(out, new TextEncoder().encode(tokenizer.toTokenizerJson({ alphabet: 'latin1' })));

const reread = BinaryTokenizer.fromTokenizerJson(await readFile(out, 'utf8'));
console.log(`${training.table.left.length} merges, stopped by ${training.stopped}`);
console.log(`same vocabulary: ${reread.vocabulary.fingerprint === tokenizer.vocabulary.fingerprint}`);
