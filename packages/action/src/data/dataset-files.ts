/**
 * Where the files of a data set come from and go to: a folder (`@polytok/action/node`), memory, a URL, a zip. Paths are
 * relative to the data set, with `/`, and never leave it.
 */
import { PolytokError } from '@polytok/common';
import { type ByteSource, toByteSource } from '@polytok/common/io';

/** A file open for reading. */
export interface DatasetFile extends ByteSource {
  close?(): Promise<void>;
}

/** For reading. */
export interface DatasetFiles {
  /** A file, or undefined where there is none. @throws PolytokError `IO` when it is there and cannot be read */
  open(path: string): Promise<DatasetFile | undefined>;
}

/** For writing. */
export interface DatasetSink {
  /** Starts a file, in folders that are made as needed. @throws PolytokError `IO` */
  create(path: string): Promise<DatasetSinkFile>;
}

/** A file being written: it is there in full after `commit`, or not at all. */
export interface DatasetSinkFile {
  /** Appends. The bytes may change after it resolves. */
  write(bytes: Uint8Array): Promise<void>;
  commit(): Promise<void>;
  /** Without effect after `commit`. */
  abort(): Promise<void>;
}

/** A data set in memory, to be read and written. */
export class MemoryDataset implements DatasetFiles, DatasetSink {
  /** Committed files by path. */
  readonly files: Map<string, Uint8Array>;

  constructor(files: Iterable<readonly [path: string, bytes: Uint8Array]> = []) {
    this.files = new Map(files);
  }

  async open(path: string): Promise<DatasetFile | undefined> {
    const bytes = this.files.get(path);
    return bytes && toByteSource(bytes);
  }

  async create(path: string): Promise<DatasetSinkFile> {
    const parts: Uint8Array[] = [];
    return {
      write: async (bytes) => void parts.push(bytes.slice()),
      commit: async () => void this.files.set(path, await concatenate(parts)),
      abort: async () => {},
    };
  }
}

async function concatenate(parts: readonly Uint8Array[]): Promise<Uint8Array> {
  return new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}

/**
 * A whole small file.
 * @param maxBytes what protects the process
 * @throws PolytokError `IO` when it is missing; `LIMIT_EXCEEDED`
 */
export async function readDatasetFile(
  files: DatasetFiles,
  path: string,
  maxBytes: number,
): Promise<Uint8Array> {
  return withDatasetFile(files, path, async (file) => {
    if (file.byteLength <= maxBytes) return file.slice(0, file.byteLength);
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `'${path}' has ${file.byteLength} bytes; at most ${maxBytes} are read.`,
      { details: { path, actual: file.byteLength, limit: maxBytes } },
    );
  });
}

/** Opens a file for the time that `use` takes. @throws PolytokError `IO` when it is missing, and what `use` throws */
export async function withDatasetFile<T>(
  files: DatasetFiles,
  path: string,
  use: (file: DatasetFile) => Promise<T>,
): Promise<T> {
  const file = await files.open(path);
  if (!file) throw missingFile(path);
  try {
    return await use(file);
  } finally {
    await file.close?.();
  }
}

/** @throws PolytokError `IO` */
export async function hasDatasetFile(files: DatasetFiles, path: string): Promise<boolean> {
  const file = await files.open(path);
  await file?.close?.();
  return file !== undefined;
}

export function missingFile(path: string): PolytokError {
  return new PolytokError(
    'IO',
    `The data set has no file '${path}'. Is this its folder, and is it complete?`,
    {
      details: { path },
    },
  );
}

/** Writes a whole small file. @throws PolytokError `IO` */
export async function writeDatasetFile(sink: DatasetSink, path: string, bytes: Uint8Array): Promise<void> {
  const file = await sink.create(path);
  try {
    await file.write(bytes);
    await file.commit();
  } finally {
    await file.abort();
  }
}
