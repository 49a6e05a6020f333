import { open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AtomicFileSystem, createAtomicFile, temporaryTarget, writeFileAtomic } from './atomic-file.js';
import { scratchFolder } from './scratch-folder.test-helper.js';

const real: AtomicFileSystem = { open, rename, rm };
const full = () => Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));

describe('an atomic file', () => {
  it('appears when it is committed, not before', async () => {
    const folder = scratchFolder();
    const file = await createAtomicFile(join(folder, 'a.bin'));
    await file.write(Uint8Array.of(1, 2));
    await file.write(Uint8Array.of(3));
    const [temporary, ...others] = await readdir(folder);
    expect([temporaryTarget(temporary), others]).toEqual(['a.bin', []]);
    await file.commit();
    await file.abort();
    expect(await readdir(folder)).toEqual(['a.bin']);
    expect([...(await readFile(join(folder, 'a.bin')))]).toEqual([1, 2, 3]);
  });

  it('replaces an older file only when it is complete', async () => {
    const path = join(scratchFolder(), 'a.txt');
    await writeFile(path, 'old');
    const file = await createAtomicFile(path);
    await file.write(new TextEncoder().encode('new'));
    expect(await readFile(path, 'utf8')).toBe('old');
    await file.commit();
    expect(await readFile(path, 'utf8')).toBe('new');
  });

  it('leaves nothing when it is given up', async () => {
    const folder = scratchFolder();
    const file = await createAtomicFile(join(folder, 'a.bin'));
    await file.write(Uint8Array.of(1));
    await file.abort();
    await file.abort();
    expect(await readdir(folder)).toEqual([]);
    await expect(file.write(Uint8Array.of(2))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(file.commit()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('a failing file system', () => {
  const failures: [string, AtomicFileSystem][] = [
    [
      'while writing',
      { ...real, open: async (...args) => Object.assign(await open(...args), { writeFile: full }) },
    ],
    [
      'while flushing',
      { ...real, open: async (...args) => Object.assign(await open(...args), { sync: full }) },
    ],
    ['while renaming', { ...real, rename: full }],
  ];

  it.each(failures)('%s keeps the old file and leaves no other', async (_, fs) => {
    const folder = scratchFolder();
    await writeFile(join(folder, 'a.txt'), 'old');
    await expect(writeFileAtomic(join(folder, 'a.txt'), new Uint8Array(10), { fs })).rejects.toMatchObject({
      code: 'IO',
      details: { systemCode: 'ENOSPC' },
      message: expect.stringContaining('the disk is full'),
    });
    expect(await readdir(folder)).toEqual(['a.txt']);
    expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('old');
  });

  it.runIf(process.platform === 'linux')('is understood as the system reports it', async () => {
    const folder = scratchFolder();
    const fs: AtomicFileSystem = { ...real, open: () => open('/dev/full', 'w') };
    await expect(writeFileAtomic(join(folder, 'a'), new Uint8Array(10), { fs })).rejects.toMatchObject({
      code: 'IO',
      details: { systemCode: 'ENOSPC' },
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('that has no such folder is reported before anything is written', async () => {
    const path = join(scratchFolder(), 'none', 'a.bin');
    await expect(createAtomicFile(path)).rejects.toMatchObject({
      code: 'IO',
      details: { systemCode: 'ENOENT' },
    });
  });
});

it('an abort between two writes leaves nothing', async () => {
  const folder = scratchFolder();
  const controller = new AbortController();
  const file = await createAtomicFile(join(folder, 'a.bin'), { signal: controller.signal });
  await file.write(Uint8Array.of(1));
  controller.abort();
  await expect(file.write(Uint8Array.of(2))).rejects.toMatchObject({ code: 'ABORTED' });
  expect(await readdir(folder)).toEqual([]);
});

it('temporaryTarget knows its own names only', () => {
  expect(temporaryTarget('.a.b.parquet.01234567-89ab-cdef-0123-456789abcdef.polytok-tmp')).toBe(
    'a.b.parquet',
  );
  expect(temporaryTarget('a.parquet')).toBeUndefined();
  expect(temporaryTarget('.a.tmp')).toBeUndefined();
});
