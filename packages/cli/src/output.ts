import type { Writable } from 'node:stream';
import { throwIfAborted } from '@polytok/common';
import { type AtomicFile, createAtomicFile, ioError } from '@polytok/common/node';
import type { CliIo } from './io.js';

/** Writes and waits until the stream has taken it all. @throws PolytokError `IO`; see {@link isReaderGone} */
export function writeTo(stream: Writable, content: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(content, (error) =>
      error ? reject(ioError(error, 'write', 'standard output')) : resolve(),
    );
  });
}

/** The program that reads our output has closed it. */
export function isReaderGone(error: unknown): boolean {
  return (error as { details?: { systemCode?: unknown } } | undefined)?.details?.systemCode === 'EPIPE';
}

/**
 * A file that takes its name when it is complete, or standard output for `-`.
 * @throws PolytokError `IO`, `ABORTED`
 */
export async function openOutput(path: string, { stdout, signal }: CliIo): Promise<AtomicFile> {
  if (path !== '-') return createAtomicFile(path, { signal });
  return {
    async write(bytes) {
      throwIfAborted(signal, 'Writing standard output');
      await writeTo(stdout, bytes);
    },
    async commit() {},
    async abort() {},
  };
}

/** Hands `produce` an output and makes it complete, or removes it when that fails. */
export async function withOutput<T>(
  path: string,
  io: CliIo,
  produce: (write: AtomicFile['write']) => Promise<T>,
): Promise<T> {
  const output = await openOutput(path, io);
  try {
    const result = await produce(output.write);
    await output.commit();
    return result;
  } finally {
    await output.abort();
  }
}
