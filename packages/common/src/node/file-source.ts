import { type FileHandle, open } from 'node:fs/promises';
import { PolytokError } from '../errors.js';
import { type ByteSource, checkByteRange } from '../io/byte-source.js';
import { ioError } from './io-error.js';

/** Most bytes that are asked for in one call: systems refuse 2 GiB and more. */
const MAX_READ_BYTES = 2 ** 30;

/** A file as a {@link ByteSource}. Its length is that at opening; reading what was cut off since is an `IO` error. */
export interface FileSource extends ByteSource {
  close(): Promise<void>;
}

/** @throws PolytokError `IO` when the path is missing, a folder or unreadable */
export async function openFileSource(path: string): Promise<FileSource> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    const stats = await handle.stat();
    if (stats.isDirectory()) throw Object.assign(new Error('is a folder'), { code: 'EISDIR' });
    return fileSource(handle, path, stats.size);
  } catch (error) {
    await handle?.close();
    throw ioError(error, 'read', path);
  }
}

/** Opens a file for the time that `use` takes. @throws what {@link openFileSource} and `use` throw */
export async function withFileSource<T>(path: string, use: (source: ByteSource) => Promise<T>): Promise<T> {
  const source = await openFileSource(path);
  try {
    return await use(source);
  } finally {
    await source.close();
  }
}

function fileSource(handle: FileHandle, path: string, byteLength: number): FileSource {
  return {
    byteLength,
    async slice(start, end) {
      checkByteRange(start, end, byteLength);
      const bytes = new Uint8Array(end - start);
      for (let filled = 0; filled < bytes.byteLength; ) {
        const length = Math.min(bytes.byteLength - filled, MAX_READ_BYTES);
        const { bytesRead } = await handle
          .read(bytes, filled, length, start + filled)
          .catch((error: unknown) => {
            throw ioError(error, 'read', path);
          });
        if (bytesRead === 0) {
          throw new PolytokError(
            'IO',
            `'${path}' had ${byteLength} bytes when it was opened and ends at ${start + filled} now. Let its writer finish first.`,
            { details: { path, expected: byteLength, actual: start + filled } },
          );
        }
        filled += bytesRead;
      }
      return bytes;
    },
    close: () => handle.close(),
  };
}
