import { mkdir, realpath, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scratchFolder } from './cli.test-helper.js';
import { preparePath, safeRelativePath } from './safe-path.js';

const POSIX = /\//;
const WINDOWS = /[\\/]/;

describe('safeRelativePath', () => {
  test.each([
    ['bin/tool', 'bin/tool'],
    ['../../etc/passwd', 'etc/passwd'],
    ['/etc/passwd', 'etc/passwd'],
    ['a/./b//../c', 'a/b/c'],
    ['..\\x', '..\\x'],
    ['...', '...'],
  ])('%s becomes %s', (source, path) => {
    expect(safeRelativePath(source, POSIX)).toBe(path);
  });

  test.each([
    ['C:\\Windows\\x.dll', 'Windows/x.dll'],
    ['..\\..\\x', 'x'],
    ['\\\\server\\share\\x', 'server/share/x'],
    ['a/C:../b', 'a/b'],
  ])('on Windows %s becomes %s', (source, path) => {
    expect(safeRelativePath(source, WINDOWS)).toBe(path);
  });

  test.each(['', '/', '..', './..', 'a\0b'])('%j names no file', (source) => {
    expect(() => safeRelativePath(source, POSIX)).toThrow(
      expect.objectContaining({ code: 'INVALID_FORMAT' }),
    );
  });

  test('whatever the source, no name of the path leads up', () => {
    const piece = fc.constantFrom('..', '.', '/', '\\', 'C:', 'x', '');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const source = `x/${pieces.join('')}`;
        for (const separators of [POSIX, WINDOWS]) {
          const path = safeRelativePath(source, separators);
          expect(path.startsWith('/')).toBe(false);
          expect(path.split(separators).some((name) => name === '..' || name === '.')).toBe(false);
        }
      }),
    );
  });
});

describe('preparePath', () => {
  test('makes the folders of the path', async () => {
    const folder = scratchFolder();
    expect(await preparePath(folder, 'a/b/c')).toBe(join(folder, 'a/b/c'));
    expect(await realpath(join(folder, 'a/b'))).toBe(join(await realpath(folder), 'a/b'));
  });

  test('refuses to follow a link out of the folder', async () => {
    const folder = scratchFolder();
    await mkdir(join(folder, 'out'));
    await mkdir(join(folder, 'elsewhere'));
    await symlink('../elsewhere', join(folder, 'out', 'link'));
    await expect(preparePath(join(folder, 'out'), 'link/x')).rejects.toMatchObject({
      code: 'INVALID_FORMAT',
    });
  });
});
