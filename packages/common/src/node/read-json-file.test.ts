import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readJsonFile } from './read-json-file.js';
import { scratchFolder } from './scratch-folder.test-helper.js';

it('reads a value', async () => {
  const path = join(await scratchFolder(), 'a.json');
  await writeFile(path, '{"layers": 16}');
  expect(await readJsonFile(path)).toEqual({ layers: 16 });
});

it.each([
  ['no JSON', '{"layers": 16'],
  ['a key that stands twice', '{"a": 1, "a": 2}'],
  ['no text', new Uint8Array([0x22, 0xff, 0x22])],
])('refuses %s, naming the file', async (_, content) => {
  const path = join(await scratchFolder(), 'a.json');
  await writeFile(path, content);
  await expect(readJsonFile(path)).rejects.toMatchObject({
    code: 'INVALID_FORMAT',
    message: expect.stringContaining(path),
  });
});

it('refuses a file that is missing, or a folder', async () => {
  const folder = await scratchFolder();
  await mkdir(join(folder, 'a'));
  for (const name of ['none.json', 'a'])
    await expect(readJsonFile(join(folder, name))).rejects.toMatchObject({ code: 'IO' });
});
