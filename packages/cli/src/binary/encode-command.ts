import { availableParallelism } from 'node:os';
import type { BinaryTokenizer } from '@polytok/binary';
import { encodeRecords, type TokenFormat } from '@polytok/common/io';
import { MAX_FILE_BYTES, readFileBytes } from '@polytok/common/node';
import { defineCommand, type Invocation } from '../command.js';
import {
  formatOption,
  outOption,
  REPORT_OPTIONS,
  required,
  shardSizeOption,
  workersOption,
} from '../common-options.js';
import { EXIT } from '../exit-codes.js';
import { isFolder, sizeOf } from '../file-facts.js';
import { resolveInputs } from '../inputs.js';
import { loadTokenizer } from '../load-tokenizer.js';
import { flag, texts } from '../options.js';
import { withOutput } from '../output.js';
import { formatBytes, formatCount, formatDuration } from '../quantities.js';
import { Reporter } from '../reporter.js';
import { usageError } from '../usage-error.js';
import { encodeFileRecords } from './encode-records.js';
import { encodeShards, sourceOf } from './encode-shards.js';
import { type EncodedStream, encodeOnThreads, encodeStream } from './encode-stream.js';
import { formatOfName } from './token-format.js';
import { bordersOption, tokenizerOption } from './tokenizer-options.js';

const specs = {
  tokenizer: tokenizerOption,
  out: outOption(
    'A folder for shards; for a single input also a file such as tokens.u32, or - for standard output',
  ),
  format: formatOption('parquet, jsonl, npy, u16 or u32. Default: by the name of the file, else parquet'),
  borders: bordersOption,
  sections: texts({
    hint: 'NAME',
    description:
      'Encode these sections alone, each as a record of its own: a name such as .text, or code, or data. May stand several times',
  }),
  workers: workersOption(
    "Threads. Default: the processor's, 8 at most, for folders; 1 for a single file, which is streamed. With more, a file of up to 1 GiB is read into memory",
  ),
  shardSize: shardSizeOption,
  overwrite: flag('Replace shards in the folder that belong to other inputs or options'),
  ...REPORT_OPTIONS,
};

const DEFAULT_SHARD_SIZE = { bytes: 64e6 };
const MAX_DEFAULT_WORKERS = 8;

export const encodeCommand = defineCommand({
  name: 'binary encode',
  summary: 'Turn files into tokens.',
  usage: '[options] --out PATH INPUT…',
  details: [
    'Inputs are files, folders, quoted patterns, or - for standard input. Many inputs go into numbered shards in a folder; run the same command again to go on after an interruption. A single input with u16 or u32 output is streamed: its size does not matter.',
  ],
  options: specs,
  examples: [
    { command: 'binary encode corpus/ --out tokens/', says: 'Encode a folder into Parquet shards' },
    { command: 'binary encode app.exe --out app.u32', says: 'Encode one file into bare 32-bit ids' },
    { command: 'binary encode - -f u16 --out - < app.exe > ids', says: 'Encode a stream' },
    {
      command: "binary encode 'bin/*' --sections code --borders instructions --out code/",
      says: 'Encode the code sections of some files',
    },
  ],
  run,
});

async function run({ inputs, options, io }: Invocation<typeof specs>): Promise<number> {
  const started = performance.now();
  const reporter = new Reporter(io, options);
  const out = required(options.out, '--out');
  if (out === '-' && options.json) throw usageError('--json and --out - both want standard output.');
  const { files, failures } = await resolveInputs({ inputs, reporter, signal: io.signal, without: out });
  const tokenizer = await loadTokenizer(options.tokenizer, options.borders);
  const format = options.format ?? formatOfName(out) ?? 'parquet';
  const single = await isSingleOutput(inputs, files, out);
  if (!single && options.sections.length > 0 && !['parquet', 'jsonl'].includes(format))
    throw usageError(`Sections are records; a folder of ${format} files has none. Use parquet or jsonl.`);
  const encoded = single
    ? await encodeSingle(files[0], out, { tokenizer, format, options, io, reporter })
    : await encodeMany(files, out, { tokenizer, format, options, io, reporter });
  reporter.failures(encoded.failures);
  const seconds = (performance.now() - started) / 1000;
  const allFailures = [...failures, ...encoded.failures];
  await reporter.result(
    describe(encoded, out, seconds),
    { out, format, ...encoded, failures: allFailures, seconds },
    { streams: out === '-' },
  );
  return allFailures.length > 0 ? EXIT.failed : EXIT.done;
}

/** Whether the output is one file: standard output, or a name with a token format's ending for a single input file. */
async function isSingleOutput(
  inputs: readonly string[],
  files: readonly string[],
  out: string,
): Promise<boolean> {
  const namesFile = out === '-' || (formatOfName(out) !== undefined && !(await isFolder(out)));
  const isSingle = inputs.length === 1 && files.length === 1 && !(await isFolder(inputs[0]));
  if (namesFile && !isSingle)
    throw usageError(
      `--out '${out}' is one file, but the inputs may be many. Name a folder, or a single file as input.`,
    );
  if (!namesFile && files.includes('-'))
    throw usageError(
      'Standard input has no name to record; write it to a file such as --out tokens.u32, or to -.',
    );
  return namesFile;
}

interface EncodeContext {
  readonly tokenizer: BinaryTokenizer;
  readonly format: TokenFormat;
  readonly options: Invocation<typeof specs>['options'];
  readonly io: Invocation<typeof specs>['io'];
  readonly reporter: Reporter;
}

type Encoded = EncodedStream & {
  readonly inputs: number;
  readonly records: number;
  readonly shards: number;
  readonly written: number;
  readonly failures: readonly { input: string; code: string; message: string }[];
};

async function encodeSingle(path: string, out: string, context: EncodeContext): Promise<Encoded> {
  const { tokenizer, format, options, io, reporter } = context;
  const progress = reporter.startProgress({ label: 'encode', format: formatBytes });
  const size = await sizeOf(path);
  const done = { inputs: 1, records: 1, shards: 1, written: 1, failures: [] };
  return withOutput(out, io, async (write) => {
    const streams = tokenizer.borders === 'file' && options.sections.length === 0;
    if (streams && (format === 'u16' || format === 'u32')) {
      const onProgress = (bytes: number) => progress.update(bytes, size);
      const stream = { tokenizer, path, type: format, io, write, onProgress };
      const { workers = 1 } = options;
      const fits = size !== undefined && size <= MAX_FILE_BYTES;
      const counts =
        workers > 1 && fits ? await encodeOnThreads(stream, workers) : await encodeStream(stream);
      return { ...done, ...counts };
    }
    const bytes = await readFileBytes(path, { stdin: io.stdin });
    const records = await encodeFileRecords(sourceOf(path), bytes, { tokenizer, sections: options.sections });
    await write(await encodeRecords(records, format));
    const tokens = records.reduce((sum, { length }) => sum + length, 0);
    return { ...done, records: records.length, bytes: bytes.length, tokens };
  });
}

async function encodeMany(files: readonly string[], out: string, context: EncodeContext): Promise<Encoded> {
  const { tokenizer, format, options, io, reporter } = context;
  const progress = reporter.startProgress({ label: 'encode', format: formatBytes });
  let bytes = 0;
  const report = await encodeShards({
    tokenizer,
    files,
    out,
    format,
    sections: options.sections,
    shardSize: options.shardSize ?? DEFAULT_SHARD_SIZE,
    workers: options.workers ?? Math.min(availableParallelism(), MAX_DEFAULT_WORKERS),
    overwrite: options.overwrite,
    signal: io.signal,
    onProgress: (state) => {
      bytes = state.bytes;
      const failed = state.failedInputs > 0 ? `, ${state.failedInputs} failed` : '';
      const note = `shard ${state.shards} of ${state.totalShards}${failed}`;
      progress.update(state.bytes, state.totalBytes, note);
    },
  });
  return { ...report, shards: report.shards.length, bytes };
}

function describe(
  { inputs, bytes, tokens, shards, written, failures }: Encoded,
  out: string,
  seconds: number,
): string {
  const files = `${formatCount(inputs - failures.length)} of ${formatCount(inputs)} files`;
  const kept =
    shards - written > 0
      ? `, ${formatCount(shards - written)} of ${formatCount(shards)} shards were complete`
      : '';
  const target = out === '-' ? 'standard output' : `'${out}'`;
  return `Encoded ${files}, ${formatBytes(bytes)}, to ${target}: ${formatCount(tokens)} tokens in ${formatDuration(seconds)}${kept}.\n`;
}
