import type { BinaryTokenizer } from '@polytok/binary';
import { defineCommand, type Invocation } from '../command.js';
import { sizeOf } from '../file-facts.js';
import { loadTokenizer } from '../load-tokenizer.js';
import { flag } from '../options.js';
import { withOutput } from '../output.js';
import { formatBytes } from '../quantities.js';
import {
  DECODE_DETAILS,
  DECODE_OPTIONS,
  type DecodeRun,
  decodeWith,
  formatOf,
  runDecode,
} from '../tokens/decode-files.js';
import { TokenFiles } from '../tokens/token-file.js';
import type { WrittenSources } from '../tokens/write-sources.js';
import { AcceptVocabulary } from './accept-vocabulary.js';
import { binaryDecoder } from './binary-decoder.js';
import { decodeStream } from './decode-stream.js';
import { tokenizerOption } from './tokenizer-options.js';

const { out, format, ...reportOptions } = DECODE_OPTIONS;
const specs = {
  tokenizer: tokenizerOption,
  out,
  format,
  lenient: flag('Leave out special tokens and ids outside the vocabulary instead of failing'),
  ...reportOptions,
};

export const decodeCommand = defineCommand({
  name: 'binary decode',
  summary: 'Turn tokens back into files.',
  usage: '[options] --out PATH INPUT…',
  details: [DECODE_DETAILS],
  options: specs,
  examples: [
    { command: 'binary decode tokens/ --out restored/', says: 'Restore a folder from its shards' },
    { command: 'binary decode app.u32 --out app.exe', says: 'Restore one file' },
    { command: 'binary decode - -f u16 --out - < ids > app.exe', says: 'Decode a stream' },
  ],
  run,
});

async function run(invocation: Invocation<typeof specs>): Promise<number> {
  const { options } = invocation;
  return runDecode(invocation, async (job) => {
    const tokenizer = await loadTokenizer(options.tokenizer);
    const mode = options.lenient ? 'lenient' : 'strict';
    const format = job.isSingle ? formatOf(job.files[0], job.format) : undefined;
    return format === 'u16' || format === 'u32'
      ? decodeBareIds(tokenizer, mode, format, job)
      : decodeWith(binaryDecoder(tokenizer, mode), job);
  });
}

/** One file of bare ids, of any size. */
async function decodeBareIds(
  tokenizer: BinaryTokenizer,
  mode: 'strict' | 'lenient',
  type: 'u16' | 'u32',
  { files, out, io, reporter }: DecodeRun,
): Promise<WrittenSources> {
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
