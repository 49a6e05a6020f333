/**
 * Compares the shipped vocabularies on files.
 *
 *     npx tsx --conditions=@polytok/source examples/measure-tokenizers.ts FILE…
 */
import { readFile } from 'node:fs/promises';
import { BinaryEvaluation } from '@polytok/binary';
import {
  BINARY_VOCABULARIES,
  type BinaryVocabularyName,
  binaryTokenizer,
} from '@polytok/binary/vocabularies';

const files = process.argv.slice(2);
const names = Object.keys(BINARY_VOCABULARIES) as BinaryVocabularyName[];
const evaluation = new BinaryEvaluation({
  tokenizers: names.map((name) => ({ name, tokenizer: binaryTokenizer(name) })),
});
// One after the other: the files need not fit in memory together.
for (const file of files.length > 0 ? files : [import.meta.filename]) {
  evaluation.add({ bytes: new Uint8Array(await readFile(file)) });
}

for (const { name, overall, renyiEfficiency, seamInflation } of evaluation.report().tokenizers) {
  const bytesPerToken = overall.bytesPerToken.toFixed(3);
  const seams = (100 * seamInflation.value).toFixed(2);
  console.log(
    `${name}: ${bytesPerToken} bytes per token, Rényi efficiency ${renyiEfficiency.value.toFixed(3)}, ` +
      `${seams} % more tokens when cut into pieces of ${seamInflation.pieceBytes} bytes`,
  );
}
