import { createReadStream } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { PolytokError, throwIfAborted } from '../errors.js';
import { ioError } from './io-error.js';

export interface ReadChunksOptions {
  /** Bytes per chunk. Default: 1 MiB. */
  readonly chunkBytes?: number;
  readonly signal?: AbortSignal;
  /** What `-` stands for. Default: `process.stdin`. */
  readonly stdin?: Readable;
}

/**
 * Reads a file, or standard input for `-`, from front to end. Every chunk but the last has exactly `chunkBytes`
 * bytes, however the system delivers them; no chunk is empty, and the caller may keep each.
 * @throws PolytokError `IO`, `ABORTED`, `INVALID_ARGUMENT`
 */
export async function* readChunks(path: string, options: ReadChunksOptions = {}): AsyncGenerator<Uint8Array> {
  const { chunkBytes = 2 ** 20, signal, stdin = process.stdin } = options;
  if (!Number.isSafeInteger(chunkBytes) || chunkBytes < 1) {
    throw new PolytokError('INVALID_ARGUMENT', `chunkBytes is a positive integer; got ${chunkBytes}.`, {
      details: { chunkBytes },
    });
  }
  throwIfAborted(signal, `Reading '${path}'`);
  const stream = path === '-' ? stdin : createReadStream(path);
  if (signal) addAbortSignal(signal, stream);
  let chunk = new Uint8Array(chunkBytes);
  let filled = 0;
  try {
    for await (const delivered of stream as AsyncIterable<Uint8Array>) {
      for (let taken = 0; taken < delivered.byteLength; ) {
        const part = delivered.subarray(taken, taken + chunkBytes - filled);
        chunk.set(part, filled);
        taken += part.byteLength;
        filled += part.byteLength;
        if (filled < chunkBytes) continue;
        yield chunk;
        chunk = new Uint8Array(chunkBytes);
        filled = 0;
      }
    }
  } catch (error) {
    throwIfAborted(signal, `Reading '${path}'`);
    throw ioError(error, 'read', path);
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}
