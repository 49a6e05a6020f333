/**
 * Files that are there in full or not at all. Bytes go to a temporary name in the same folder, are flushed to the
 * disk, and take the final name in one step; a file that stood there before is replaced then, not sooner.
 *
 * It guarantees: whatever happens, a reader of the final name sees the old file or the complete new one. It does not
 * guarantee that the temporary file goes when the process is killed; {@link temporaryTarget} recognizes it.
 */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PolytokError, throwIfAborted } from '../errors.js';
import { ioError } from './io-error.js';

/** The part of `node:fs/promises` that is used, so that tests and unusual file systems can replace it. */
export interface AtomicFileSystem {
  open(path: string, flags: string): Promise<FileHandle>;
  rename(from: string, to: string): Promise<void>;
  rm(path: string, options: { force: boolean }): Promise<void>;
}

export interface AtomicFileOptions {
  readonly signal?: AbortSignal;
  /** Default: `node:fs/promises`. */
  readonly fs?: AtomicFileSystem;
}

/** A file being written. After a call has failed, the temporary file is gone and the others fail too. */
export interface AtomicFile {
  /** Appends. @throws PolytokError `IO`, `ABORTED` */
  write(bytes: Uint8Array): Promise<void>;
  /** Gives the file its name. @throws PolytokError `IO`, `ABORTED` */
  commit(): Promise<void>;
  /** Removes what was written. Without effect after `commit`, so that it may stand in a `finally`. */
  abort(): Promise<void>;
}

/** @throws PolytokError `IO`, `ABORTED` */
export async function createAtomicFile(path: string, options: AtomicFileOptions = {}): Promise<AtomicFile> {
  const { signal, fs = { open, rename, rm } } = options;
  throwIfAborted(signal, `Writing '${path}'`);
  const temporary = temporaryName(path);
  const handle = await fs.open(temporary, 'wx').catch((error: unknown) => {
    throw ioError(error, 'write', path);
  });
  let state: 'open' | 'committed' | 'aborted' = 'open';

  async function abort(): Promise<void> {
    if (state !== 'open') return;
    state = 'aborted';
    // The first failure is the one to report: these would only follow from it.
    await handle.close().catch(() => {});
    await fs.rm(temporary, { force: true }).catch(() => {});
  }

  /** Runs a step that leaves nothing behind when it fails. */
  async function attempt(step: () => Promise<void>): Promise<void> {
    if (state !== 'open') {
      throw new PolytokError('INVALID_ARGUMENT', `'${path}' is ${state} already; it takes no more bytes.`, {
        details: { path, state },
      });
    }
    try {
      throwIfAborted(signal, `Writing '${path}'`);
      await step();
    } catch (error) {
      await abort();
      throw error instanceof PolytokError ? error : ioError(error, 'write', path);
    }
  }

  return {
    write: (bytes) => attempt(() => handle.writeFile(bytes)),
    commit: () =>
      attempt(async () => {
        await handle.sync();
        await handle.close();
        await fs.rename(temporary, path);
        state = 'committed';
        await syncFolder(dirname(path), fs);
      }),
    abort,
  };
}

/** Writes a file that is there in full or not at all. @throws PolytokError `IO`, `ABORTED` */
export async function writeFileAtomic(
  path: string,
  bytes: Uint8Array,
  options: AtomicFileOptions = {},
): Promise<void> {
  const file = await createAtomicFile(path, options);
  await file.write(bytes);
  await file.commit();
}

const TEMPORARY = /^\.(.+)\.[0-9a-f-]{36}\.polytok-tmp$/;

/** The final name of which `name` is a temporary file, left behind by a process that was killed; or undefined. */
export function temporaryTarget(name: string): string | undefined {
  return TEMPORARY.exec(name)?.[1];
}

/** In the same folder, because a rename is atomic within one file system only. */
function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomUUID()}.polytok-tmp`);
}

/** Makes the rename survive a power failure. Some systems cannot open a folder; the file is complete all the same. */
async function syncFolder(path: string, fs: AtomicFileSystem): Promise<void> {
  try {
    const folder = await fs.open(path, 'r');
    await folder.sync().finally(() => folder.close());
  } catch {}
}
