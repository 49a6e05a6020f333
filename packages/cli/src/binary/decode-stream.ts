import type { BinaryTokenizer } from '@polytok/binary';
import type { BpeDecodeOptions } from '@polytok/common/bpe';
import { decodeRawIds, type IdType } from '@polytok/common/io';
import { readChunks } from '@polytok/common/node';
import type { CliIo } from '../io.js';

/** Bytes of ids read at a time; whole ids of either type. */
const CHUNK_BYTES = 2 ** 18;

export interface DecodeStreamOptions {
  readonly tokenizer: BinaryTokenizer;
  readonly path: string;
  readonly type: IdType;
  readonly mode: BpeDecodeOptions['mode'];
  readonly io: CliIo;
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Bytes read so far. */
  readonly onProgress: (bytes: number) => void;
}

/**
 * Decodes bare ids of any number in constant memory.
 * @returns bytes written
 * @throws PolytokError `ID_OUT_OF_RANGE` in strict mode, `INVALID_FORMAT` when the last id is cut off, `IO`, `ABORTED`
 */
export async function decodeStream(options: DecodeStreamOptions): Promise<number> {
  const { tokenizer, path, type, mode, io, write, onProgress } = options;
  let read = 0;
  let written = 0;
  for await (const chunk of readChunks(path, {
    chunkBytes: CHUNK_BYTES,
    signal: io.signal,
    stdin: io.stdin,
  })) {
    const bytes = tokenizer.model.decode(decodeRawIds(chunk, type), { mode }) as Uint8Array;
    await write(bytes);
    read += chunk.length;
    written += bytes.length;
    onProgress(read);
  }
  return written;
}
