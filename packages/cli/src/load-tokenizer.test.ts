import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder, writeFiles } from './cli.test-helper.js';
import { loadTokenizer } from './load-tokenizer.js';
import { tinyTokenizer, tinyTokenizerJson } from './samples.test-helper.js';

test('a name is a shipped vocabulary, by default the one of 32,768 tokens', async () => {
  expect((await loadTokenizer('4k')).vocabulary.size).toBe(4096);
  expect((await loadTokenizer()).vocabulary.size).toBe(32768);
});

test('an unknown name lists those that exist', async () => {
  await expect(loadTokenizer('5k')).rejects.toMatchObject({
    code: 'UNKNOWN_NAME',
    details: { available: ['4k', '8k', '16k', '32k', '64k'] },
  });
});

test('a tokenizer.json takes the borders it is given', async () => {
  const folder = scratchFolder();
  await writeFiles(folder, { 'tokenizer.json': tinyTokenizerJson() });
  const path = join(folder, 'tokenizer.json');
  expect((await loadTokenizer(path)).vocabulary.fingerprint).toBe(tinyTokenizer().vocabulary.fingerprint);
  expect((await loadTokenizer(path, 'sections')).borders).toBe('sections');
});

test('a polytok.json brings its own borders', async () => {
  const folder = scratchFolder();
  const config = { ...tinyTokenizer().toJSON(), borders: 'instructions' };
  await writeFiles(folder, { 'polytok.json': JSON.stringify(config, undefined, 2) });
  expect((await loadTokenizer(join(folder, 'polytok.json'))).borders).toBe('instructions');
});

test.each([
  ['not json', 'INVALID_FORMAT'],
  ['{"type":"binary-bpe", oops', 'INVALID_FORMAT'],
  ['{"type":"binary-bpe","borders":"moon","tokenizer":{}}', 'INVALID_FORMAT'],
  ['', 'INVALID_FORMAT'],
])('a file of %j is refused by its name', async (content, code) => {
  const folder = scratchFolder();
  await writeFiles(folder, { 'x.json': content });
  await expect(loadTokenizer(join(folder, 'x.json'))).rejects.toMatchObject({
    code,
    message: expect.stringContaining(join(folder, 'x.json')),
  });
});

test('a missing file is an input error', async () => {
  await expect(loadTokenizer(join(scratchFolder(), 'none.json'))).rejects.toMatchObject({ code: 'IO' });
});
