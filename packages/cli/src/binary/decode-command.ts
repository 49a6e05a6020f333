import type { BinaryTokenizer } from '@polytok/binary';
import { PolytokError } from '@polytok/common';
import type { RecordContext, TokenFormat } from '@polytok/common/io';
import { type InputFailure, toInputFailure } from '@polytok/common/node';
import { defineCommand, type Invocation } from '../command.js';
import { formatOption, outOption, REPORT_OPTIONS, required } from '../common-options.js';
import { EXIT } from '../exit-codes.js';
import { isFolder, sizeOf } from '../file-facts.js';
import { resolveInputs } from '../inputs.js';
import { loadTokenizer } from '../load-tokenizer.js';
import { flag } from '../options.js';
import { withOutput } from '../output.js';
import { formatBytes, formatCount } from '../quantities.js';
import { Reporter } from '../reporter.js';
import { usageError } from '../usage-error.js';
import { AcceptVocabulary } from './accept-vocabulary.js';
import { SourceDecoder } from './decode-sources.js';
import { decodeStream } from './decode-stream.js';
import { type SourceRecords, TokenFiles } from './token-file.js';
import { formatOfName, TOKEN_EXTENSIONS } from './token-format.js';
import { tokenizerOption } from './tokenizer-options.js';

const specs = {
  tokenizer: tokenizerOption,
  out: outOption('A folder, a file for the tokens of a single source, or - for standard output'),
  format: formatOption('parquet, jsonl, npy, u16 or u32. Default: by the name of each input'),
  lenient: flag('Leave out special tokens and ids outside the vocabulary instead of failing'),
  ...REPORT_OPTIONS,
};

export const decodeCommand = defineCommand({
  name: 'binary decode',
  summary: 'Turn tokens back into files.',
  usage: '[options] --out PATH INPUT…',
  details: [
    'Inputs are token files, folders of them, quoted patterns, or - for standard input. One token file of one source becomes one file, unless --out is a folder that exists or ends in a slash; everything else becomes a folder with the paths of the sources, none of which leads out of it. Tokens of another vocabulary are refused where the format says which it was.',
  ],
  options: specs,
  examples: [
    { command: 'binary decode tokens/ --out restored/', says: 'Restore a folder from its shards' },
    { command: 'binary decode app.u32 --out app.exe', says: 'Restore one file' },
    { command: 'binary decode - -f u16 --out - < ids > app.exe', says: 'Decode a stream' },
  ],
  run,
});

async function run({ inputs, options, io }: Invocation<typeof specs>): Promise<number> {
  const reporter = new Reporter(io, options);
  const out = required(options.out, '--out');
  if (out === '-' && options.json) throw usageError('--json and --out - both want standard output.');
  const { signal } = io;
  const { files, failures } = await resolveInputs({ inputs, reporter, signal, extensions: TOKEN_EXTENSIONS });
  const tokenizer = await loadTokenizer(options.tokenizer);
  const mode = options.lenient ? 'lenient' : 'strict';
  const isSingle = inputs.length === 1 && files.length === 1 && !(await isFolder(inputs[0]));
  const job = { files, out, options, tokenizer, mode, io, reporter } as const;
  const format = isSingle ? formatOf(files[0], options.format) : undefined;
  const isBare = format === 'u16' || format === 'u32';
  const decoded =
    isBare && !(await isFolderName(out))
      ? await decodeBareIds(job, format)
      : await decodeRecordFiles(job, isSingle && !(await isFolderName(out)));
  reporter.failures(decoded.failures);
  const allFailures = [...failures, ...decoded.failures];
  const target = out === '-' ? 'standard output' : `'${out}'`;
  await reporter.result(
    `Decoded ${formatCount(decoded.files)} files, ${formatBytes(decoded.bytes)}, to ${target}.\n`,
    { out, ...decoded, failures: allFailures },
    { streams: out === '-' },
  );
  return allFailures.length > 0 ? EXIT.failed : EXIT.done;
}

interface DecodeJob extends Pick<Invocation<typeof specs>, 'options' | 'io'> {
  readonly files: readonly string[];
  readonly out: string;
  readonly tokenizer: BinaryTokenizer;
  readonly mode: 'strict' | 'lenient';
  readonly reporter: Reporter;
}

interface Decoded {
  readonly files: number;
  readonly bytes: number;
  readonly failures: readonly InputFailure[];
}

/** One file of bare ids, of any size. */
async function decodeBareIds(job: DecodeJob, type: 'u16' | 'u32'): Promise<Decoded> {
  const { files, out, tokenizer, mode, io, reporter } = job;
  const [path] = files;
  const context = await new TokenFiles(io.stdin).contextOf(path);
  if (context) new AcceptVocabulary(tokenizer).check(context);
  const total = await sizeOf(path);
  const progress = reporter.startProgress({ label: 'decode', format: formatBytes });
  const onProgress = (bytes: number) => progress.update(bytes, total);
  const bytes = await withOutput(out, io, (write) =>
    decodeStream({ tokenizer, path, type, mode, io, write, onProgress }),
  );
  return { files: 1, bytes, failures: [] };
}

/** Files of records; a single one with a single source goes to one file. */
async function decodeRecordFiles(job: DecodeJob, mayBeOneFile: boolean): Promise<Decoded> {
  const { files, out, options, tokenizer, mode, io, reporter } = job;
  const tokenFiles = new TokenFiles(io.stdin);
  const decoder = new SourceDecoder({ tokenizer, mode, signal: io.signal });
  const progress = reporter.startProgress({
    label: 'decode',
    format: (amount) => `${formatCount(amount)} files`,
  });
  const total = { files: 0, bytes: 0, failures: [] as InputFailure[] };
  for (const [k, path] of files.entries()) {
    let sources: SourceRecords[];
    try {
      sources = await tokenFiles.read(path, formatOf(path, options.format), bareContext(path, tokenizer));
    } catch (error) {
      total.failures.push(toInputFailure(path, error));
      continue;
    }
    const isOneFile = mayBeOneFile && (sources.length === 1 || out === '-');
    if (out === '-' && !(isOneFile && sources.length === 1))
      throw usageError(
        `--out - takes the tokens of one source; '${path}' holds ${sources.length}. Name a folder.`,
      );
    const done = isOneFile ? await writeOne(decoder, sources[0], job) : await decoder.writeAll(sources, out);
    total.files += done.files;
    total.bytes += done.bytes;
    total.failures.push(...done.failures);
    progress.update(k + 1, files.length);
  }
  return total;
}

async function writeOne(
  decoder: SourceDecoder,
  source: SourceRecords,
  { out, io }: DecodeJob,
): Promise<Decoded> {
  const parts = decoder.decode(source);
  await withOutput(out, io, async (write) => {
    for (const part of parts) await write(part);
  });
  return { files: 1, bytes: parts.reduce((sum, { length }) => sum + length, 0), failures: [] };
}

/** @throws PolytokError `INVALID_ARGUMENT` when the name does not tell */
function formatOf(path: string, given: TokenFormat | undefined): TokenFormat {
  const format = given ?? formatOfName(path);
  if (format === undefined) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `The name '${path}' does not tell its format. Say it with --format.`,
      { details: { path } },
    );
  }
  return format;
}

/** Bare ids without an index say nothing about themselves: the tokenizer is taken at its word. */
function bareContext(path: string, { vocabulary }: BinaryTokenizer): RecordContext {
  const { modality, fingerprint, codebooks } = vocabulary;
  const source = path.replace(/\.[^./]*$/, '');
  return { source, modality, fingerprint, codebooks, alignment: { kind: 'widths', start: 0 } };
}

async function isFolderName(path: string): Promise<boolean> {
  return /[\\/]$/.test(path) || (await isFolder(path));
}
