import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { PolytokError } from '../errors.js';
import { joinBytes } from '../io/join-bytes.js';
import { withFileSource } from './file-source.js';
import { ioError } from './io-error.js';
import { readChunks } from './read-chunks.js';

/** Most bytes that are read into memory at once: a reader needs the file and its result, several times over. */
export const MAX_FILE_BYTES = 2 ** 30;

export interface ReadFileBytesOptions {
  /** Default: {@link MAX_FILE_BYTES}. */
  readonly maxBytes?: number;
  /** What `-` stands for. Default: `process.stdin`. */
  readonly stdin?: Readable;
}

/**
 * A whole file, or all of standard input for `-`.
 * @throws PolytokError `IO` when the path is missing, a folder or unreadable; `LIMIT_EXCEEDED`
 */
export async function readFileBytes(path: string, options: ReadFileBytesOptions = {}): Promise<Uint8Array> {
  const { maxBytes = MAX_FILE_BYTES, stdin } = options;
  if (path === '-' || !(await isRegularFile(path))) return collectChunks(path, maxBytes, stdin);
  return withFileSource(path, async (source) => {
    checkSize(source.byteLength, maxBytes, path);
    return source.slice(0, source.byteLength);
  });
}

async function isRegularFile(path: string): Promise<boolean> {
  const stats = await stat(path).catch((error: unknown) => {
    throw ioError(error, 'read', path);
  });
  // Files of /proc have contents, but no size.
  return stats.isFile() && stats.size > 0;
}

/** For pipes and devices, which do not know their length. */
async function collectChunks(
  path: string,
  maxBytes: number,
  stdin: Readable | undefined,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let byteLength = 0;
  for await (const chunk of readChunks(path, { stdin })) {
    byteLength += chunk.byteLength;
    checkSize(byteLength, maxBytes, path);
    chunks.push(chunk);
  }
  return joinBytes(chunks);
}

function checkSize(byteLength: number, maxBytes: number, path: string): void {
  if (byteLength <= maxBytes) return;
  throw new PolytokError(
    'LIMIT_EXCEEDED',
    `'${path}' has ${byteLength} bytes or more; at most ${maxBytes} are read at once. Split it, or raise maxBytes.`,
    { details: { path, byteLength, limit: maxBytes } },
  );
}
