import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openFileSource, withFileSource } from './file-source.js';
import { scratchFolder } from './scratch-folder.test-helper.js';

it('reads any part of a file', async () => {
  const path = join(scratchFolder(), 'a.bin');
  await writeFile(path, Uint8Array.of(10, 11, 12, 13));
  const source = await openFileSource(path);
  expect(source.byteLength).toBe(4);
  expect(await source.slice(1, 3)).toEqual(Uint8Array.of(11, 12));
  expect(await source.slice(4, 4)).toEqual(new Uint8Array());
  await expect(source.slice(2, 5)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await source.close();
  await expect(source.slice(0, 1)).rejects.toMatchObject({ code: 'IO' });
});

it('notices a file that was cut off after it was opened', async () => {
  const path = join(scratchFolder(), 'a.bin');
  await writeFile(path, new Uint8Array(100));
  const source = await openFileSource(path);
  await truncate(path, 40);
  await expect(source.slice(0, 100)).rejects.toMatchObject({
    code: 'IO',
    details: { expected: 100, actual: 40 },
  });
  await source.close();
});

it('tells missing files from folders', async () => {
  const folder = scratchFolder();
  const missing = { code: 'IO', details: { systemCode: 'ENOENT' } };
  await expect(openFileSource(join(folder, 'none'))).rejects.toMatchObject(missing);
  await expect(openFileSource(folder)).rejects.toMatchObject({
    code: 'IO',
    details: { systemCode: 'EISDIR' },
  });
});

it('withFileSource closes the file, also when its use fails', async () => {
  const path = join(scratchFolder(), 'a.bin');
  await writeFile(path, 'abc');
  let kept: { slice(start: number, end: number): Promise<Uint8Array> } | undefined;
  await expect(
    withFileSource(path, async (source) => {
      kept = source;
      throw new Error('use failed');
    }),
  ).rejects.toThrow('use failed');
  await expect(kept?.slice(0, 1)).rejects.toMatchObject({ code: 'IO' });
});
