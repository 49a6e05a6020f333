import { fingerprintOf } from '@polytok/common';
import { encodeRecords, holdsRecords, type TokenFormat, type TokenRecord } from '@polytok/common/io';
import {
  mapConcurrent,
  runShards,
  type ShardProgress,
  type ShardReport,
  type ShardSize,
} from '@polytok/common/node';
import { type FileEncoder, sourceOf } from './file-encoder.js';
import { writeShardIndex } from './shard-index.js';

export interface EncodeShardsOptions {
  readonly encoder: FileEncoder;
  readonly files: readonly string[];
  /** Folder. */
  readonly out: string;
  readonly format: TokenFormat;
  /** Where the format holds several records; else a shard is a file. */
  readonly shardSize: ShardSize;
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
  const { encoder, files, out, format, shardSize, overwrite, signal, onProgress } = options;
  const { fingerprint } = encoder.vocabulary;
  let tokens = 0;
  const report = await runShards<readonly TokenRecord[]>({
    inputs: files,
    out,
    shardSize: holdsRecords(format) ? shardSize : { items: 1 },
    extension: format,
    config: fingerprintOf(JSON.stringify([OUTPUT_VERSION, fingerprint, format, encoder.settings])),
    concurrency: encoder.concurrency,
    staleShards: overwrite ? 'redo' : 'refuse',
    retryFailures: true,
    signal,
    onProgress,
    process: async (file) => {
      const { records } = await encoder.encode(file, sourceOf(file));
      for (const { length } of records) tokens += length;
      return records;
    },
    encode: (results) => encodeShard(results.flat(), format),
  });
  if (!holdsRecords(format)) await indexShards(report, options);
  return { ...report, tokens };
}

/** A format for one sequence has an empty file for an input that failed. */
async function encodeShard(records: readonly TokenRecord[], format: TokenFormat): Promise<Uint8Array> {
  return records.length === 0 && !holdsRecords(format) ? new Uint8Array(0) : encodeRecords(records, format);
}

async function indexShards(
  { shards, failures }: ShardReport,
  { encoder, files, out, signal }: EncodeShardsOptions,
): Promise<void> {
  const failed = new Set(failures.map(({ input }) => input));
  const { modality, fingerprint, codebooks } = encoder.vocabulary;
  const encoded = files
    .map((file, k) => ({ file, shard: shards[k] }))
    .filter(({ file }) => !failed.has(file));
  const entries = await mapConcurrent(encoded, encoder.concurrency, async ({ file, shard }) => {
    const alignment = await encoder.alignmentOf(file);
    return [shard, { source: sourceOf(file), modality, fingerprint, codebooks, alignment }] as const;
  });
  await writeShardIndex(out, Object.fromEntries(entries), signal);
}
