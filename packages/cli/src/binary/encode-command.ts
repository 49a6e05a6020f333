import { availableParallelism } from 'node:os';
import type { BinaryTokenizer } from '@polytok/binary';
import { MAX_FILE_BYTES } from '@polytok/common/node';
import { defineCommand, type Invocation } from '../command.js';
import { workersOption } from '../common-options.js';
import { sizeOf } from '../file-facts.js';
import { loadTokenizer } from '../load-tokenizer.js';
import { texts } from '../options.js';
import { withOutput } from '../output.js';
import { formatBytes } from '../quantities.js';
import {
  ENCODE_DETAILS,
  ENCODE_OPTIONS,
  type Encoded,
  type EncodeRun,
  encodeWith,
  runEncode,
} from '../tokens/encode-files.js';
import { usageError } from '../usage-error.js';
import { binaryEncoder } from './binary-encoder.js';
import { encodeOnThreads, encodeStream } from './encode-stream.js';
import { bordersOption, tokenizerOption } from './tokenizer-options.js';

const { out, format, ...shardOptions } = ENCODE_OPTIONS;
const specs = {
  tokenizer: tokenizerOption,
  out,
  format,
  borders: bordersOption,
  sections: texts({
    hint: 'NAME',
    description:
      'Encode these sections alone, each as a record of its own: a name such as .text, or code, or data. May stand several times',
  }),
  workers: workersOption(
    "Threads. Default: the processor's, 8 at most, for folders; 1 for a single file, which is streamed. With more, a file of up to 1 GiB is read into memory",
  ),
  ...shardOptions,
};

const MAX_DEFAULT_WORKERS = 8;

export const encodeCommand = defineCommand({
  name: 'binary encode',
  summary: 'Turn files into tokens.',
  usage: '[options] --out PATH INPUT…',
  details: [`${ENCODE_DETAILS} A single input with u16 or u32 output is streamed: its size does not matter.`],
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

async function run(invocation: Invocation<typeof specs>): Promise<number> {
  const { options, io } = invocation;
  return runEncode(invocation, {
    async encode(run, isSingle) {
      const tokenizer = await loadTokenizer(options.tokenizer, options.borders);
      if (!isSingle && options.sections.length > 0 && !['parquet', 'jsonl'].includes(run.format))
        throw usageError(
          `Sections are records; a folder of ${run.format} files has none. Use parquet or jsonl.`,
        );
      const streams = tokenizer.borders === 'file' && options.sections.length === 0;
      if (isSingle && streams && (run.format === 'u16' || run.format === 'u32'))
        return encodeBareIds(tokenizer, run.format, run, options.workers ?? 1);
      const workers = options.workers ?? Math.min(availableParallelism(), MAX_DEFAULT_WORKERS);
      const { sections } = options;
      const encoder = binaryEncoder({
        tokenizer,
        sections,
        workers: isSingle ? 0 : workers,
        stdin: io.stdin,
      });
      return encodeWith(async () => encoder)(run, isSingle);
    },
  });
}

/** One file of any size into one file of bare ids. */
async function encodeBareIds(
  tokenizer: BinaryTokenizer,
  type: 'u16' | 'u32',
  { files, out, io, reporter }: EncodeRun,
  workers: number,
): Promise<Encoded> {
  const [path] = files;
  const progress = reporter.startProgress({ label: 'encode', format: formatBytes });
  const size = await sizeOf(path);
  const fits = size !== undefined && size <= MAX_FILE_BYTES;
  const counts = await withOutput(out, io, (write) => {
    const onProgress = (bytes: number) => progress.update(bytes, size);
    const stream = { tokenizer, path, type, io, write, onProgress };
    return workers > 1 && fits ? encodeOnThreads(stream, workers) : encodeStream(stream);
  });
  return { inputs: 1, records: 1, shards: 1, written: 1, failures: [], ...counts };
}
