import { sep } from 'node:path';
import type { BinaryTokenizer } from '@polytok/binary';
import { fingerprintOf } from '@polytok/common';
import { encodeRecords, holdsRecords, type TokenFormat, type TokenRecord } from '@polytok/common/io';
import {
  BpeWorkers,
  readFileBytes,
  runShards,
  type ShardProgress,
  type ShardReport,
  type ShardSize,
} from '@polytok/common/node';
import { encodeFileRecords } from './encode-records.js';
import { writeShardIndex } from './shard-index.js';

export interface EncodeShardsOptions {
  readonly tokenizer: BinaryTokenizer;
  readonly files: readonly string[];
  /** Folder. */
  readonly out: string;
  readonly format: TokenFormat;
  readonly sections: readonly string[];
  readonly shardSize: ShardSize;
  readonly workers: number;
  /** Replace shards of other inputs or another configuration. */
  readonly overwrite: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ShardProgress) => void;
}

export interface EncodedShards extends ShardReport {
  /** Encoded by this run; shards that were there already are not counted. */
  readonly tokens: number;
}

/** Changes when equal inputs would no longer give equal shards. */
const OUTPUT_VERSION = 1;

/** Encodes many files into numbered shards; a later run goes on where this one was cut off. @throws PolytokError as `runShards` */
export async function encodeShards(options: EncodeShardsOptions): Promise<EncodedShards> {
  const { tokenizer, files, out, format, sections, workers, signal, onProgress } = options;
  const { fingerprint } = tokenizer.vocabulary;
  const pool = tokenizer.borders === 'file' ? new BpeWorkers(tokenizer.model, { workers }) : undefined;
  const encodeWhole = pool && ((bytes: Uint8Array) => pool.encode(bytes));
  let tokens = 0;
  try {
    const report = await runShards<TokenRecord[]>({
      inputs: files,
      out,
      shardSize: holdsRecords(format) ? options.shardSize : { items: 1 },
      extension: format,
      config: fingerprintOf(JSON.stringify([OUTPUT_VERSION, fingerprint, format, sections])),
      concurrency: workers + 1, // one file is read while the others are encoded
      staleShards: options.overwrite ? 'redo' : 'refuse',
      retryFailures: true,
      signal,
      onProgress,
      process: async (file) => {
        const bytes = await readFileBytes(file);
        const records = await encodeFileRecords(sourceOf(file), bytes, { tokenizer, sections, encodeWhole });
        for (const { length } of records) tokens += length;
        return records;
      },
      encode: (results) => encodeShard(results.flat(), format),
    });
    if (!holdsRecords(format)) await indexShards(report, options);
    return { ...report, tokens };
  } finally {
    await pool?.close();
  }
}

/** A format for one sequence has an empty file for an input that failed. */
async function encodeShard(records: readonly TokenRecord[], format: TokenFormat): Promise<Uint8Array> {
  return records.length === 0 && !holdsRecords(format) ? new Uint8Array(0) : encodeRecords(records, format);
}

async function indexShards(
  { shards, failures }: ShardReport,
  { tokenizer, files, out, signal }: EncodeShardsOptions,
): Promise<void> {
  const failed = new Set(failures.map(({ input }) => input));
  const { modality, fingerprint, codebooks } = tokenizer.vocabulary;
  const alignment = { kind: 'widths', start: 0 } as const;
  const entries = files.flatMap((file, k) =>
    failed.has(file)
      ? []
      : [[shards[k], { source: sourceOf(file), modality, fingerprint, codebooks, alignment }] as const],
  );
  await writeShardIndex(out, Object.fromEntries(entries), signal);
}

/** The file's path as a token file names it, with `/` on every system. */
export function sourceOf(file: string): string {
  return sep === '/' ? file : file.replaceAll(sep, '/');
}
