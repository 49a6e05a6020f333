import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { golden, sample, TINY_LLAMAGEN, wave } from '../goldens.fixture.js';
import { prepareImage } from '../pixels/prepare-image.js';
import { readImage } from './read-image.js';
import { VqImageTokenizer } from './vq-image-tokenizer.js';
import { writeImage } from './write-image.js';

const file = fileURLToPath(new URL('../../goldens/llamagen-tiny.safetensors', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'polytok-image-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('maps weights from safetensors, with the golden ids', async () => {
  const tokenizer = await VqImageTokenizer.fromPretrained(file, TINY_LLAMAGEN, { threads: 1 });
  const { ids } = await tokenizer.encode(wave(32, 32));
  expect(Array.from(ids)).toEqual(golden('llamagen-tiny.json').cases[0].indices);
});

it('reads PyTorch checkpoints, with the weights under a key and buffers beside them', async () => {
  const path = fileURLToPath(new URL('../../goldens/small-taming.pt', import.meta.url));
  const { config, ids, shape } = golden('small-taming.json');
  const tokenizer = await VqImageTokenizer.fromPretrained(path, config, { threads: 1 });
  expect(Array.from((await tokenizer.encode(wave(shape[0], shape[1]))).ids)).toEqual(ids);
});

it('turns a file into tokens and these into a file', async () => {
  const tokenizer = await VqImageTokenizer.fromPretrained(file, TINY_LLAMAGEN, { threads: 1 });
  const [input, output] = ['in.png', 'out.png'].map((name) => join(folder, name));
  await writeImage(input, sample(50, 41));
  const image = prepareImage(await readImage(input), { size: 16 });
  const tokens = await tokenizer.encode(image);
  expect(tokens.length).toBe(64);
  const decoded = await tokenizer.decode(tokens);
  await writeImage(output, decoded);
  expect(await readImage(output)).toEqual(decoded);
});

it('names files that it cannot use', async () => {
  const open = (path: string) => VqImageTokenizer.fromPretrained(path, TINY_LLAMAGEN);
  await expect(open(join(folder, 'missing.pt'))).rejects.toMatchObject({ code: 'IO' });
  await expect(open(join(folder, 'missing.safetensors'))).rejects.toMatchObject({ code: 'IO' });
  const cut = join(folder, 'cut.safetensors');
  await copyFile(file, cut);
  truncateSync(cut, 1_000_000);
  await expect(open(cut)).rejects.toMatchObject({
    code: 'INVALID_FORMAT',
    message: expect.stringContaining(cut),
  });
  const text = join(folder, 'text.ckpt');
  writeFileSync(text, 'not a checkpoint');
  await expect(open(text)).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    message: expect.stringContaining(text),
  });
});
