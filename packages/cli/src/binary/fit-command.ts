import { basename, resolve } from 'node:path';
import {
  BINARY_SPECIALS,
  type BinaryTokenizer,
  type BinaryTrainingFile,
  fitBinaryTokenizer,
} from '@polytok/binary';
import { PolytokError, throwIfAborted } from '@polytok/common';
import { type InputFailure, readFileBytes, toInputFailure, writeFileAtomic } from '@polytok/common/node';
import { defineCommand, type Invocation } from '../command.js';
import { outOption, REPORT_OPTIONS, required } from '../common-options.js';
import { EXIT } from '../exit-codes.js';
import { matchedPaths, resolveInputs } from '../inputs.js';
import { flag, integer, text, texts } from '../options.js';
import { formatBytes, formatCount, formatDuration } from '../quantities.js';
import { Reporter } from '../reporter.js';
import { usageError } from '../usage-error.js';
import { bordersOption } from './tokenizer-options.js';
import { detectedGroup, type GroupOf, readGroups } from './training-groups.js';

const DEFAULT_VOCABULARY_SIZE = 32_768;

const specs = {
  out: outOption(
    'The tokenizer to write: tokenizer.json (HuggingFace), or polytok.json, which also holds the borders',
  ),
  vocabSize: integer({
    hint: 'N',
    minimum: 256 + BINARY_SPECIALS.length,
    description: `Tokens, the 256 bytes and 7 special tokens included. Default: ${DEFAULT_VOCABULARY_SIZE}`,
  }),
  minCount: integer({ hint: 'N', description: 'A pair must occur this often. Default: 4' }),
  maxTokenBytes: integer({ hint: 'N', description: 'Longest token. Default: 16' }),
  borders: {
    ...bordersOption,
    description: 'Where tokens must end: file (default), sections or instructions',
  },
  parity: flag(
    'Serve all groups of files evenly; groups are formats × architectures unless --groups says otherwise',
  ),
  groups: text({
    hint: 'FILE',
    description:
      'With --parity: JSON of the form {"pattern": "group"}; the first pattern that a file matches decides',
  }),
  dev: texts({
    hint: 'PATTERN',
    description:
      'With --parity: files of parallel content whose tokens measure how well a group is served. Those that are no inputs are measured alone. Default: all inputs, by how much they shrink. May stand several times',
  }),
  hybrid: integer({
    hint: 'N',
    minimum: 0,
    description: 'With --parity: choose the first N merges by their total counts. Default: 0',
  }),
  parityInterval: integer({
    hint: 'N',
    description:
      'With --parity: choose only every Nth merge for parity, so that cut vocabularies keep their share. Default: 1',
  }),
  ...REPORT_OPTIONS,
};

export const fitCommand = defineCommand({
  name: 'binary fit',
  summary: 'Train a vocabulary.',
  usage: '[options] --out FILE INPUT…',
  details: [
    'Inputs are files, folders, quoted patterns, or - for standard input; they are held in memory, with about six times their size. Training is exact: the same files and options give the same tokenizer.',
  ],
  options: specs,
  examples: [
    { command: 'binary fit corpus/ --out tokenizer.json', says: 'Train 32,768 tokens on a folder' },
    {
      command: "binary fit corpus/ --parity --dev 'parallel/*' --vocab-size 16384 --out tokenizer.json",
      says: 'Serve every format and architecture evenly',
    },
    {
      command: 'binary fit corpus/ --borders sections --out polytok.json',
      says: 'Keep tokens within sections, and say so in the file',
    },
  ],
  run,
});

async function run({ inputs, options, io }: Invocation<typeof specs>): Promise<number> {
  const started = performance.now();
  const reporter = new Reporter(io, options);
  const out = required(options.out, '--out');
  if (out === '-') throw usageError('A tokenizer goes to a file; name one with --out.');
  checkParityOptions(options);
  const { files, failures } = await resolveInputs({ inputs, reporter, signal: io.signal });
  const read = await readTrainingFiles(files, { options, io, reporter });
  reporter.failures(read.failures);
  if (read.files.length === 0) throw new PolytokError('IO', 'No input could be read; nothing was trained.');

  const vocabularySize = options.vocabSize ?? DEFAULT_VOCABULARY_SIZE;
  const progress = reporter.startProgress({
    label: 'fit',
    format: (amount) => `${formatCount(amount)} merges`,
  });
  const { tokenizer, training } = await fitBinaryTokenizer(read.files, {
    vocabularySize,
    minCount: options.minCount,
    maxTokenBytes: options.maxTokenBytes,
    borders: options.borders,
    parity: options.parity
      ? {
          measure: options.dev.length > 0 ? 'tokens' : 'ratio',
          globalMerges: options.hybrid,
          interval: options.parityInterval,
        }
      : undefined,
    onProgress: ({ merges, targetMerges, count }) =>
      progress.update(merges, targetMerges, `last pair seen ${formatCount(count)} times`),
    signal: io.signal,
  });
  progress.end();
  await writeFileAtomic(out, new TextEncoder().encode(serialize(tokenizer, out)), { signal: io.signal });

  const { size } = tokenizer.vocabulary;
  if (training.stopped === 'min-count') {
    reporter.warn(
      `the vocabulary has ${size} tokens instead of ${vocabularySize}: no other pair occurs often enough. Add data, or lower --min-count.`,
    );
  }
  if (tokenizer.borders !== 'file' && !isPolytokJson(out)) {
    reporter.warn(
      `a tokenizer.json does not hold its borders. Encode with --borders ${tokenizer.borders}, or write a polytok.json.`,
    );
  }
  const bytes = read.files.reduce((sum, file) => sum + file.bytes.length, 0);
  const seconds = (performance.now() - started) / 1000;
  const allFailures = [...failures, ...read.failures];
  await reporter.result(
    `Wrote ${formatCount(size)} tokens to '${out}', trained on ${formatCount(read.files.length)} files (${formatBytes(bytes)}) in ${formatDuration(seconds)}; they leave ${formatCount(training.tokens)} tokens.\n`,
    {
      out,
      vocabularySize: size,
      requestedSize: vocabularySize,
      merges: training.table.left.length,
      stopped: training.stopped,
      fingerprint: tokenizer.vocabulary.fingerprint,
      files: read.files.length,
      bytes,
      tokens: training.tokens,
      ...(options.parity && { groups: mergesByGroup(read.files, training.groups) }),
      failures: allFailures,
      seconds,
    },
  );
  return allFailures.length > 0 ? EXIT.failed : EXIT.done;
}

type FitContext = Pick<Invocation<typeof specs>, 'options' | 'io'> & { readonly reporter: Reporter };

function checkParityOptions({ parity, groups, dev, hybrid, parityInterval }: FitContext['options']): void {
  const given = { groups, dev: dev[0], hybrid, 'parity-interval': parityInterval };
  const [stray] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
  if (!parity && stray) throw usageError(`--${stray} has no effect without --parity.`);
}

async function readTrainingFiles(
  inputs: readonly string[],
  { options, io, reporter }: FitContext,
): Promise<{ files: BinaryTrainingFile[]; failures: InputFailure[] }> {
  const { parity, dev } = options;
  const groupOf: GroupOf | undefined =
    options.groups !== undefined
      ? await readGroups(options.groups, io.signal)
      : parity
        ? detectedGroup
        : undefined;
  const measured = dev.length > 0 ? await matchedPaths(dev, '--dev', io.signal) : [];
  const isMeasured = new Set(measured.map((path) => resolve(path)));
  const trained = new Set(inputs.map((path) => resolve(path)));
  const extra = measured.filter((path) => !trained.has(resolve(path)));
  const progress = reporter.startProgress({
    label: 'read',
    format: (amount) => `${formatCount(amount)} files`,
  });
  const files: BinaryTrainingFile[] = [];
  const failures: InputFailure[] = [];
  const all = [...inputs, ...extra];
  for (const [k, path] of all.entries()) {
    throwIfAborted(io.signal, 'Reading inputs');
    try {
      const bytes = await readFileBytes(path, { stdin: io.stdin });
      files.push({
        bytes,
        group: groupOf?.(path, bytes),
        measured: parity && (dev.length === 0 || isMeasured.has(resolve(path))),
        weight: k < inputs.length ? 1 : 0,
      });
    } catch (error) {
      failures.push(toInputFailure(path, error));
    }
    progress.update(k + 1, all.length);
  }
  progress.end();
  return { files, failures };
}

function isPolytokJson(path: string): boolean {
  return basename(path).endsWith('polytok.json');
}

function serialize(tokenizer: BinaryTokenizer, path: string): string {
  return isPolytokJson(path) ? `${JSON.stringify(tokenizer)}\n` : tokenizer.toTokenizerJson();
}

/** Merges that each group chose; those chosen by total counts stand under `total`. */
function mergesByGroup(files: readonly BinaryTrainingFile[], chosenBy: Int32Array): Record<string, number> {
  const names = [...new Set(files.map(({ group = '' }) => group))].sort();
  const merges = Object.fromEntries([...names, 'total'].map((name) => [name, 0]));
  for (const group of chosenBy) merges[group < 0 ? 'total' : names[group]]++;
  return merges;
}
