/**
 * Encoding speed against peers on one ELF file: whole, in 8 KiB pieces, and a short slice for the two that take
 * minutes or hours for the whole (tiktoken's WASM build merges in quadratic time).
 *
 *   npx tsx --conditions=@polytok/source binary/encode.ts [--quick] [--wait seconds]
 */
import { statSync } from 'node:fs';
import { benchmarkOptions } from '../harness/options.js';
import { startAvailable } from '../harness/peer.js';
import { Results } from '../harness/results.js';
import { table } from '../harness/table.js';
import {
  type Contender,
  compareEncoders,
  type EncodeCase,
  SPEED_HEAD,
  speedRows,
} from './compare-encoders.js';
import { elfFile } from './inputs.js';
import { RESULTS, SETUP } from './paths.js';
import { type EncoderName, encoderSpecs } from './peers.js';
import { vocabularyFiles } from './vocabulary.js';

const VOCABULARY = 32768;
const KiB = 1024;

const ALL: EncoderName[] = [
  'polytok',
  'HF tokenizers (Python)',
  'HF tokenizers (Python), 2 threads',
  'HF tokenizers (Node)',
  '@huggingface/tokenizers (JS)',
  'tiktoken (Python)',
  'tiktoken (WASM)',
  'bpe (Rust)',
];

const { quick, waitSeconds } = benchmarkOptions();
const results = new Results(RESULTS, 'encode');
const peers = await startAvailable(await encoderSpecs(ALL, await vocabularyFiles(VOCABULARY)), SETUP);
try {
  const file = elfFile();
  const size = quick ? 256 * KiB : statSync(file).size;
  const shared = { waitSeconds, runs: quick ? 2 : 7 };
  const cases: EncodeCase[] = [
    {
      ...shared,
      title: 'ELF x64, whole file, one thread',
      input: { file, end: size, piece: 0 },
      bytes: size,
      contenders: contenders({
        polytok: ['encode'],
        'HF tokenizers (Python)': ['encode'],
        'HF tokenizers (Node)': ['encode'],
        'tiktoken (Python)': ['encode'],
        'bpe (Rust)': ['encode', 'encode-table'],
      }),
    },
    {
      ...shared,
      title: 'ELF x64, 8 KiB pieces',
      input: { file, end: size, piece: 8 * KiB },
      bytes: size,
      contenders: contenders({
        polytok: ['encode', 'encode-segments'],
        'HF tokenizers (Python)': ['encode', 'encode-batch', 'encode-batch-fast'],
        'HF tokenizers (Python), 2 threads': ['encode-batch', 'encode-batch-fast'],
        'HF tokenizers (Node)': ['encode', 'encode-batch'],
        'tiktoken (Python)': ['encode'],
        'tiktoken (WASM)': ['encode'],
        'bpe (Rust)': ['encode', 'encode-table'],
      }),
    },
    {
      ...shared,
      runs: quick ? 1 : 5,
      title: 'ELF x64, 64 KiB of code',
      input: { file, start: 1024 * KiB, end: 1088 * KiB, piece: 0 },
      bytes: 64 * KiB,
      contenders: contenders({
        polytok: ['encode'],
        'HF tokenizers (Python)': ['encode'],
        '@huggingface/tokenizers (JS)': ['encode'],
        'tiktoken (Python)': ['encode'],
        'tiktoken (WASM)': ['encode'],
        'bpe (Rust)': ['encode'],
      }),
    },
  ];
  const figures = [];
  for (const test of cases) {
    const figure = await compareEncoders(test);
    figures.push(figure);
    console.log(
      `\nothers busy: ${figure.busyCores} cores at most\n${table(SPEED_HEAD, speedRows(figure.results))}`,
    );
  }
  const load = peers.map(({ name, ready }) => ({ name, ...ready }));
  results.write({ vocabulary: VOCABULARY, quick, cases: figures, load });
} finally {
  for (const peer of peers) peer.stop();
}

/** The chosen methods of those peers that run. */
function contenders(methods: Partial<Record<EncoderName, readonly string[]>>): Contender[] {
  return peers.flatMap((peer) =>
    (methods[peer.name as EncoderName] ?? []).map((method) => ({ peer, method })),
  );
}
