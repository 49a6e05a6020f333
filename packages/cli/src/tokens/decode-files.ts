/** `polytok … decode`: token files to the files they were made from, or to what their tokens stand for. */
import { PolytokError } from '@polytok/common';
import type { RecordContext, TokenFormat } from '@polytok/common/io';
import { type InputFailure, toInputFailure } from '@polytok/common/node';
import type { Invocation } from '../command.js';
import { formatOption, outOption, REPORT_OPTIONS, required } from '../common-options.js';
import { EXIT } from '../exit-codes.js';
import { isFolder } from '../file-facts.js';
import { resolveInputs } from '../inputs.js';
import type { CliIo } from '../io.js';
import { withOutput } from '../output.js';
import { formatBytes, formatCount } from '../quantities.js';
import { Reporter } from '../reporter.js';
import { usageError } from '../usage-error.js';
import type { SourceDecoder } from './source-decoder.js';
import { type SourceRecords, TokenFiles } from './token-file.js';
import { formatOfName, TOKEN_EXTENSIONS } from './token-format.js';
import { SourceWriter, type WrittenSources } from './write-sources.js';

/** The options of every such command. */
export const DECODE_OPTIONS = {
  out: outOption('A folder, a file for the tokens of a single source, or - for standard output'),
  format: formatOption('parquet, jsonl, npy, u16 or u32. Default: by the name of each input'),
  ...REPORT_OPTIONS,
};

/** What the help of every such command says. */
export const DECODE_DETAILS =
  'Inputs are token files, folders of them, quoted patterns, or - for standard input. One token file of one source becomes one file, unless --out is a folder that exists or ends in a slash; everything else becomes a folder with the paths of the sources, none of which leads out of it. Tokens of another vocabulary are refused where the format says which it was.';

/** A run of a decode command, once its inputs are known. */
export interface DecodeRun {
  readonly files: readonly string[];
  readonly out: string;
  /** The given format. */
  readonly format: TokenFormat | undefined;
  /** One token file, and no folder to write to. */
  readonly isSingle: boolean;
  readonly io: CliIo;
  readonly reporter: Reporter;
}

/** Resolves inputs, decodes, reports. @returns the exit code @throws PolytokError */
export async function runDecode(
  { inputs, options, io }: Invocation<typeof DECODE_OPTIONS>,
  decode: (run: DecodeRun) => Promise<WrittenSources>,
): Promise<number> {
  const reporter = new Reporter(io, options);
  const out = required(options.out, '--out');
  if (out === '-' && options.json) throw usageError('--json and --out - both want standard output.');
  const { signal } = io;
  const { files, failures } = await resolveInputs({ inputs, reporter, signal, extensions: TOKEN_EXTENSIONS });
  const isOneFile = inputs.length === 1 && files.length === 1 && !(await isFolder(inputs[0]));
  const isSingle = isOneFile && !(await isFolderName(out));
  const decoded = await decode({ files, out, format: options.format, isSingle, io, reporter });
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

/** Decodes token files one by one; one of a single source may go to one file. @throws PolytokError */
export async function decodeWith(decoder: SourceDecoder, run: DecodeRun): Promise<WrittenSources> {
  const { files, out, format, isSingle, io, reporter } = run;
  const tokenFiles = new TokenFiles(io.stdin);
  const writer = new SourceWriter(decoder, out, io.signal);
  const progress = reporter.startProgress({
    label: 'decode',
    format: (amount) => `${formatCount(amount)} files`,
  });
  const total = { files: 0, bytes: 0, failures: [] as InputFailure[] };
  for (const [k, path] of files.entries()) {
    let sources: SourceRecords[];
    try {
      sources = await tokenFiles.read(path, formatOf(path, format), bareContext(path, decoder));
    } catch (error) {
      total.failures.push(toInputFailure(path, error));
      continue;
    }
    const isOneFile = isSingle && (sources.length === 1 || out === '-');
    if (out === '-' && !(isOneFile && sources.length === 1))
      throw usageError(
        `--out - takes the tokens of one source; '${path}' holds ${sources.length}. Name a folder.`,
      );
    const done = isOneFile ? await writeOne(decoder, sources[0], run) : await writer.writeAll(sources);
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
  { out, io }: DecodeRun,
): Promise<WrittenSources> {
  const parts = await decoder.decode(source);
  await withOutput(out, io, async (write) => {
    for (const part of parts) await write(part);
  });
  return { files: 1, bytes: parts.reduce((sum, { length }) => sum + length, 0), failures: [] };
}

/** @throws PolytokError `INVALID_ARGUMENT` when the name does not tell */
export function formatOf(path: string, given: TokenFormat | undefined): TokenFormat {
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
function bareContext(path: string, { vocabulary, bareAlignment }: SourceDecoder): RecordContext {
  const { modality, fingerprint, codebooks } = vocabulary;
  const source = path.replace(/\.[^./]*$/, '');
  return { source, modality, fingerprint, codebooks, alignment: bareAlignment };
}

async function isFolderName(path: string): Promise<boolean> {
  return /[\\/]$/.test(path) || (await isFolder(path));
}
