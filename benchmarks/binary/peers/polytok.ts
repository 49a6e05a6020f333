/** polytok as a peer: `node polytok.mjs <tokenizer.json, or merges as u32 pairs>`. */
import { readFileSync } from 'node:fs';
import { BpeModel, parseTokenizerJson } from '@polytok/common/bpe';
import { polytokMethods } from './polytok-methods.js';
import { serve } from './serve.js';

await serve('source', () => polytokMethods(loadModel(process.argv[2])));

function loadModel(file: string): BpeModel {
  const bytes = readFileSync(file);
  if (file.endsWith('.json')) return new BpeModel(parseTokenizerJson(bytes));
  const pairs = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const left = pairs.filter((_, k) => k % 2 === 0);
  const right = pairs.filter((_, k) => k % 2 === 1);
  return new BpeModel({ table: { alphabetSize: 256, left, right } });
}
