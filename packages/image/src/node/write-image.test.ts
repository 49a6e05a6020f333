import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { sample } from '../goldens.fixture.js';
import { readImage } from './read-image.js';
import { encodeImageFile, writeImage } from './write-image.js';

const folder = mkdtempSync(join(tmpdir(), 'polytok-image-'));
afterAll(() => rmSync(folder, { recursive: true }));
const image = sample(9, 14);

it.each(['png', 'webp'] as const)('%s brings back every byte', async (format) => {
  expect(await readImage(await encodeImageFile(image, format))).toEqual(image);
});

it('jpeg brings back something close', async () => {
  const { data } = await readImage(await encodeImageFile(image, 'jpeg'));
  const mean = data.reduce((sum, byte, i) => sum + Math.abs(byte - image.data[i]), 0) / data.length;
  expect(mean).toBeLessThan(6);
});

it('rounds floats as decode does', async () => {
  const floats = { width: 1, height: 1, data: Float32Array.of(-1.5, 0, 0.999) };
  expect((await readImage(await encodeImageFile(floats))).data).toEqual(Uint8Array.of(0, 128, 255));
});

it('writes files by the ends of their names, and refuses others', async () => {
  await writeImage(join(folder, 'image.PNG'), image);
  expect((await readImage(join(folder, 'image.PNG'))).data).toEqual(image.data);
  await expect(writeImage(join(folder, 'image.bmp'), image)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
  await expect(writeImage(join(folder, 'none', 'image.png'), image)).rejects.toMatchObject({ code: 'IO' });
  expect(readdirSync(folder)).toEqual(['image.PNG']);
});
