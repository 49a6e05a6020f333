import type { Readable } from 'node:stream';
import type { BinaryTokenizer } from '@polytok/binary';
import { BpeWorkers, readFileBytes } from '@polytok/common/node';
import type { FileEncoder } from '../tokens/file-encoder.js';
import { encodeFileRecords } from './encode-records.js';

export interface BinaryEncoderOptions {
  readonly tokenizer: BinaryTokenizer;
  /** Sections to encode, each alone. Empty: whole files. */
  readonly sections: readonly string[];
  /** Threads; 0 encodes on the calling one. */
  readonly workers: number;
  /** What `-` stands for. */
  readonly stdin: Readable;
}

/** Encodes executables, whole ones on several threads. */
export function binaryEncoder({ tokenizer, sections, workers, stdin }: BinaryEncoderOptions): FileEncoder {
  const isThreaded = workers > 0 && tokenizer.borders === 'file';
  const pool = isThreaded ? new BpeWorkers(tokenizer.model, { workers }) : undefined;
  const encodeWhole = pool && ((bytes: Uint8Array) => pool.encode(bytes));
  return {
    vocabulary: tokenizer.vocabulary,
    settings: sections,
    concurrency: workers + 1, // one file is read while the others are encoded
    async encode(path, source) {
      const bytes = await readFileBytes(path, { stdin });
      const records = await encodeFileRecords(source, bytes, { tokenizer, sections, encodeWhole });
      return { records, bytes: bytes.length };
    },
    alignmentOf: () => ({ kind: 'widths', start: 0 }),
    async close() {
      await pool?.close();
    },
  };
}
