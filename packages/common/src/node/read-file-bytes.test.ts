import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { readFileBytes } from './read-file-bytes.js';
import { scratchFolder } from './scratch-folder.test-helper.js';

it('reads a file up to its limit', async () => {
  const path = join(scratchFolder(), 'a.bin');
  await writeFile(path, Uint8Array.of(1, 2, 3));
  expect(await readFileBytes(path, { maxBytes: 3 })).toEqual(Uint8Array.of(1, 2, 3));
  await expect(readFileBytes(path, { maxBytes: 2 })).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
    details: { byteLength: 3, limit: 2 },
  });
});

it('reads an empty file', async () => {
  const path = join(scratchFolder(), 'a.bin');
  await writeFile(path, '');
  expect(await readFileBytes(path)).toEqual(new Uint8Array());
});

it('reads standard input up to the same limit', async () => {
  const stdin = () => Readable.from([Buffer.of(1), Buffer.of(2, 3)]);
  expect(await readFileBytes('-', { stdin: stdin(), maxBytes: 3 })).toEqual(Uint8Array.of(1, 2, 3));
  await expect(readFileBytes('-', { stdin: stdin(), maxBytes: 2 })).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
  });
});

it.runIf(process.platform === 'linux')('stops at the limit of a device that never ends', async () => {
  await expect(readFileBytes('/dev/zero', { maxBytes: 2 ** 21 })).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
  });
});

it('reports missing files and folders', async () => {
  const folder = scratchFolder();
  const missing = readFileBytes(join(folder, 'none'));
  await expect(missing).rejects.toMatchObject({ code: 'IO', details: { systemCode: 'ENOENT' } });
  await expect(readFileBytes(folder)).rejects.toMatchObject({
    code: 'IO',
    details: { systemCode: 'EISDIR' },
  });
});
