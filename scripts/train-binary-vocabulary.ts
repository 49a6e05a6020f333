/**
 * Trains the vocabularies that `@polytok/binary` ships, and writes them as one nested merge list.
 *
 *     node benchmarks/binary/fetch-corpus.mjs --role train,train-extra
 *     pnpm train:binary
 *     pnpm train:binary --plain FILE     # a tokenizer.json trained on the same data without parity, to compare with
 *
 * Parity-aware in the hybrid spirit of arXiv 2508.04796: every `PARITY_INTERVAL`-th merge is chosen by the group
 * (format × architecture) that encodes a parallel program worst, the others by the counts of all groups, so that
 * every cut of the list has its share of both. The parallel program is oxc-parser, built for eleven targets.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadCorpus } from '../benchmarks/binary/corpus.mjs';
import {
  BINARY_SPECIALS,
  type BinaryTrainingFile,
  fitBinaryTokenizer,
} from '../packages/binary/src/index.js';

const { plain } = parseArgs({ options: { plain: { type: 'string' } } }).values;

const TARGET = 'packages/binary/src/vocabularies/merges.ts';
const VOCABULARY_SIZE = 65536;
const PARITY_INTERVAL = 8;
const MEASURED_SCOPE = '@oxc-parser/';

/** Groups without a build of the measured program share the counts of the nearest one that has it. */
const GROUP_OF: Readonly<Record<string, string>> = { 'ELF x86': 'PE x86', 'ELF loong64': 'ELF riscv64' };
/** The one loong64 program is four times as large as the files of the other new architectures. */
const WEIGHT_OF: Readonly<Record<string, number>> = { 'ELF loong64': 0.25 };

const files: BinaryTrainingFile[] = loadCorpus({ roles: ['train', 'train-extra'] }).map(
  ({ path, file, format, arch }) => {
    const target = `${format} ${arch}`;
    return {
      bytes: readFileSync(file),
      group: GROUP_OF[target] ?? target,
      weight: WEIGHT_OF[target] ?? 1,
      measured: path.startsWith(MEASURED_SCOPE),
    };
  },
);

const started = performance.now();
const { tokenizer, training } = await fitBinaryTokenizer(files, {
  vocabularySize: VOCABULARY_SIZE,
  parity: plain === undefined ? { variant: 'base', interval: PARITY_INTERVAL } : undefined,
  onProgress: ({ merges, targetMerges }) => process.stderr.write(`\r${merges}/${targetMerges} merges`),
});
if (plain === undefined) writeShipped();
else writeFileSync(plain, tokenizer.toTokenizerJson());
const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
console.log(
  `\n${plain ?? TARGET}: ${training.table.left.length} merges from ${files.length} files, ${bytes} bytes, in ${((performance.now() - started) / 1000).toFixed(1)} s`,
);

function writeShipped(): void {
  const { left, right } = training.table;
  const planes = Buffer.from(Uint16Array.from([...left, ...right]).buffer).toString('base64');
  writeFileSync(
    TARGET,
    `// Made by scripts/train-binary-vocabulary.ts.

/** Merges of the ${VOCABULARY_SIZE}-token vocabulary (256 bytes and ${BINARY_SPECIALS.length} special tokens apart); smaller ones are cuts of it. */
export const MERGE_COUNT = ${left.length};

/** Base64 of \`(2, merges)\` little-endian 16-bit ranks: all left parts, then all right parts. */
export const MERGE_PLANES =
  '${planes}';
`,
  );
}
