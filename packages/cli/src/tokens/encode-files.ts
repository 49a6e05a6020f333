/** `polytok … encode`: files, folders and patterns to token files, one or many, resumable. */
import { encodeRecords, type TokenFormat } from '@polytok/common/io';
import type { InputFailure, ShardProgress } from '@polytok/common/node';
import type { Invocation } from '../command.js';
import { formatOption, outOption, REPORT_OPTIONS, required, shardSizeOption } from '../common-options.js';
import { EXIT } from '../exit-codes.js';
import { resolveInputs } from '../inputs.js';
import type { CliIo } from '../io.js';
import { flag } from '../options.js';
import { withOutput } from '../output.js';
import type { Progress } from '../progress.js';
import { formatBytes, formatCount, formatDuration } from '../quantities.js';
import { Reporter } from '../reporter.js';
import { usageError } from '../usage-error.js';
import { encodeShards } from './encode-shards.js';
import { isSingleOutput } from './encode-target.js';
import { type FileEncoder, sourceOf } from './file-encoder.js';
import { formatOfName } from './token-format.js';

/** The options of every such command. */
export const ENCODE_OPTIONS = {
  out: outOption(
    'A folder for shards; for a single input also a file such as tokens.u32, or - for standard output',
  ),
  format: formatOption('parquet, jsonl, npy, u16 or u32. Default: by the name of the file, else parquet'),
  shardSize: shardSizeOption,
  overwrite: flag('Replace shards in the folder that belong to other inputs or options'),
  ...REPORT_OPTIONS,
};

/** What the help of every such command says. */
export const ENCODE_DETAILS =
  'Inputs are files, folders, quoted patterns, or - for standard input. Many inputs go into numbered shards in a folder; run the same command again to go on after an interruption.';

const DEFAULT_SHARD_SIZE = { bytes: 64e6 };

/** What was done, for the last line and `--json`. */
export interface Encoded {
  readonly inputs: number;
  readonly records: number;
  readonly shards: number;
  /** Shards that this run wrote; the others were complete. */
  readonly written: number;
  /** Of the inputs. */
  readonly bytes: number;
  readonly tokens: number;
  readonly failures: readonly InputFailure[];
}

/** A run of an encode command, once its inputs are known. */
export interface EncodeRun {
  readonly inputs: readonly string[];
  readonly files: readonly string[];
  readonly out: string;
  readonly format: TokenFormat;
  readonly options: Invocation<typeof ENCODE_OPTIONS>['options'];
  readonly io: CliIo;
  readonly reporter: Reporter;
}

export interface EncodeCommandOptions {
  /** Files to take from folders, such as `['.wav']`. Default: all. */
  readonly extensions?: readonly string[];
  /** Does the work. `isSingle`: the output is one file. @throws PolytokError */
  encode(run: EncodeRun, isSingle: boolean): Promise<Encoded>;
}

/** Resolves inputs, encodes, reports. @returns the exit code @throws PolytokError */
export async function runEncode(
  { inputs, options, io }: Invocation<typeof ENCODE_OPTIONS>,
  { extensions, encode }: EncodeCommandOptions,
): Promise<number> {
  const started = performance.now();
  const reporter = new Reporter(io, options);
  const out = required(options.out, '--out');
  if (out === '-' && options.json) throw usageError('--json and --out - both want standard output.');
  const { files, failures } = await resolveInputs({
    inputs,
    reporter,
    signal: io.signal,
    without: out,
    extensions,
  });
  const format = options.format ?? formatOfName(out) ?? 'parquet';
  const isSingle = await isSingleOutput({ inputs, files, out });
  const encoded = await encode({ inputs, files, out, format, options, io, reporter }, isSingle);
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

/** Encodes with one encoder, which is opened once and closed in any case. @throws PolytokError */
export function encodeWith(open: () => Promise<FileEncoder>): EncodeCommandOptions['encode'] {
  return async (run, isSingle) => {
    const encoder = await open();
    try {
      return isSingle ? await encodeOne(encoder, run) : await encodeMany(encoder, run);
    } finally {
      await encoder.close();
    }
  };
}

/** The only file, to the only output. */
async function encodeOne(encoder: FileEncoder, { files, out, format, io }: EncodeRun): Promise<Encoded> {
  const [path] = files;
  return withOutput(out, io, async (write) => {
    const { records, bytes } = await encoder.encode(path, sourceOf(path));
    await write(await encodeRecords(records, format));
    const tokens = records.reduce((sum, { length }) => sum + length, 0);
    const one = { inputs: 1, shards: 1, written: 1, failures: [] };
    return { ...one, records: records.length, bytes, tokens };
  });
}

/** All files into shards. */
async function encodeMany(encoder: FileEncoder, run: EncodeRun): Promise<Encoded> {
  const { files, out, format, options, io, reporter } = run;
  const progress = reporter.startProgress({ label: 'encode', format: formatBytes });
  let bytes = 0;
  const report = await encodeShards({
    encoder,
    files,
    out,
    format,
    shardSize: options.shardSize ?? DEFAULT_SHARD_SIZE,
    overwrite: options.overwrite,
    signal: io.signal,
    onProgress: (state) => {
      bytes = state.bytes;
      showProgress(progress, state);
    },
  });
  return { ...report, shards: report.shards.length, bytes };
}

function showProgress(progress: Progress, state: ShardProgress): void {
  const failed = state.failedInputs > 0 ? `, ${state.failedInputs} failed` : '';
  progress.update(state.bytes, state.totalBytes, `shard ${state.shards} of ${state.totalShards}${failed}`);
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
