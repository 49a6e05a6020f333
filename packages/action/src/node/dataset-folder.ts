/** Data sets in folders. */
import { mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import { PolytokError, requireChoice } from '@polytok/common';
import { createAtomicFile, ioError, openFileSource } from '@polytok/common/node';
import type { DatasetFiles, DatasetSink } from '../data/dataset-files.js';

/** The files of a data set in a folder. A missing folder has no files. */
export function openDatasetFolder(folder: string): DatasetFiles {
  return {
    async open(path) {
      const inside = insideOf(folder, path);
      return (await isFile(inside)) ? openFileSource(inside) : undefined;
    },
  };
}

export interface DatasetFolderOptions {
  /** Whether files may be added to what is there, such as tokens to a data set; one of the same name is replaced. Default: 'refuse'. */
  readonly existing?: 'refuse' | 'extend';
}

/**
 * A data set in a folder, to be written. Each file is there in full or not at all.
 * @throws PolytokError `INVALID_ARGUMENT` when the folder has files already: two data sets would mix; `IO`
 */
export async function createDatasetFolder(
  folder: string,
  { existing = 'refuse' }: DatasetFolderOptions = {},
): Promise<DatasetSink> {
  requireChoice(existing, 'existing', ['refuse', 'extend']);
  await makeFolder(folder);
  const entries = await readdir(folder);
  if (entries.length > 0 && existing === 'refuse') {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `'${folder}' has files already, such as '${entries[0]}'. Name a new folder, or remove it first.`,
      { details: { folder, entries: entries.length } },
    );
  }
  return {
    async create(path) {
      const inside = insideOf(folder, path);
      await makeFolder(dirname(inside));
      return createAtomicFile(inside);
    },
  };
}

/** Paths of a data set come from its own files, which may come from anywhere. */
function insideOf(folder: string, path: string): string {
  const normal = normalize(path);
  if (!isAbsolute(normal) && normal !== '..' && !normal.startsWith(`..${sep}`)) return join(folder, normal);
  throw new PolytokError('INVALID_FORMAT', `The data set names '${path}', which is outside its folder.`, {
    details: { folder, path },
  });
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw ioError(error, 'write', path);
  });
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw ioError(error, 'read', path);
  }
}
