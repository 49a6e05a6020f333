import type { BinaryTokenizer } from '@polytok/binary';
import type { IdArray } from '@polytok/common';
import { encodeRawIds, type IdType } from '@polytok/common/io';
import { BpeWorkers, MAX_FILE_BYTES, readChunks, readFileBytes } from '@polytok/common/node';
import type { CliIo } from '../io.js';

/** Bytes read at a time. */
const CHUNK_BYTES = 2 ** 20;

/** Ids written at a time, so that all of them are not copied at once. */
const WRITE_IDS = 2 ** 20;

export interface EncodeStreamOptions {
  /** Must have no borders inside the file. */
  readonly tokenizer: BinaryTokenizer;
  readonly path: string;
  readonly type: IdType;
  readonly io: CliIo;
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Bytes read so far. */
  readonly onProgress: (bytes: number) => void;
}

export interface EncodedStream {
  readonly bytes: number;
  readonly tokens: number;
}

/** Encodes a file of any size in constant memory. @throws PolytokError `ID_OUT_OF_RANGE` when an id does not fit; `IO`, `ABORTED` */
export async function encodeStream(options: EncodeStreamOptions): Promise<EncodedStream> {
  const { tokenizer, path, type, io, write, onProgress } = options;
  const { stdin, signal } = io;
  const stream = tokenizer.model.stream();
  let bytes = 0;
  let tokens = 0;
  const emit = async (ids: IdArray) => {
    tokens += ids.length;
    await write(encodeRawIds(ids, type));
  };
  for await (const chunk of readChunks(path, { chunkBytes: CHUNK_BYTES, signal, stdin })) {
    await emit(stream.push(chunk));
    bytes += chunk.length;
    onProgress(bytes);
  }
  await emit(stream.finish());
  return { bytes, tokens };
}

/** The same ids by several threads, for a file that fits in memory. @throws PolytokError as {@link encodeStream}, `LIMIT_EXCEEDED` */
export async function encodeOnThreads(
  { tokenizer, path, type, io, write }: EncodeStreamOptions,
  workers: number,
): Promise<EncodedStream> {
  const bytes = await readFileBytes(path, { maxBytes: MAX_FILE_BYTES, stdin: io.stdin });
  const pool = new BpeWorkers(tokenizer.model, { workers });
  try {
    const ids = await pool.encode(bytes);
    for (let at = 0; at < ids.length; at += WRITE_IDS) {
      await write(encodeRawIds(ids.subarray(at, at + WRITE_IDS), type));
    }
    return { bytes: bytes.length, tokens: ids.length };
  } finally {
    await pool.close();
  }
}
