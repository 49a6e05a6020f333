import { mkdir, realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { PolytokError } from '@polytok/common';
import { ioError } from '@polytok/common/node';

/**
 * A source from a token file as a path below a folder. Like `tar`, it drops what would lead elsewhere: roots, drive
 * letters, `.` and `..`.
 *
 * @param separators characters that separate names on this system. Default: as the system has it
 * @throws PolytokError `INVALID_FORMAT` when no name is left, or one holds a NUL
 */
export function safeRelativePath(source: string, separators: RegExp = sep === '\\' ? /[\\/]/ : /\//): string {
  const names = source
    .split(separators)
    .map((name) => (separators.test('\\') ? name.replace(/^[A-Za-z]:/, '') : name))
    .filter((name) => name !== '' && name !== '.' && name !== '..');
  if (names.length === 0 || source.includes('\0')) {
    throw new PolytokError(
      'INVALID_FORMAT',
      `The source '${source}' names no file below the output folder.`,
      {
        details: { source },
      },
    );
  }
  return names.join('/');
}

/**
 * Makes the folders for a file at a safe relative path and returns its full path.
 * @throws PolytokError `INVALID_FORMAT` when a link in the folder leads out of it; `IO`
 */
export async function preparePath(folder: string, relative: string): Promise<string> {
  const path = join(folder, relative);
  try {
    await mkdir(dirname(path), { recursive: true });
    const [root, parent] = [await realpath(folder), await realpath(dirname(path))];
    if (parent === root || parent.startsWith(root.endsWith(sep) ? root : root + sep)) return path;
  } catch (error) {
    throw ioError(error, 'write', path);
  }
  throw new PolytokError('INVALID_FORMAT', `'${path}' leads out of '${folder}' through a link.`, {
    details: { path, folder },
  });
}
