import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPolytokError } from '@polytok/common';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { golden, sample } from '../goldens.fixture.js';
import type { RgbImage } from '../pixels/rgb-image.js';
import { MAX_IMAGE_FILE_BYTES, readImage } from './read-image.js';

const { files } = golden('pillow.json') as { files: Record<string, { file: string; rgb: string }> };
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
const fileOf = (name: string) => bytesOf(files[name].file);
const folder = mkdtempSync(join(tmpdir(), 'polytok-image-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function failure(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return isPolytokError(error) ? error.code : error;
  }
}

/** The byte of a channel at a place. */
const at = ({ width, data }: RgbImage, row: number, column: number, channel: number) =>
  data[(row * width + column) * 3 + channel];

describe('gives the bytes of Pillow for', () => {
  it.each([
    'png',
    'gray.png',
    'alpha.png',
    'palette.png',
    'jpeg',
    'gray.jpeg',
    'webp',
    'animated.gif',
    'tiff',
  ])('%s', async (name) => {
    const image = await readImage(fileOf(name));
    expect([image.width, image.height]).toEqual([40, 24]);
    expect(Buffer.from(image.data).toString('base64')).toBe(files[name].rgb);
  });
});

describe('unlike Pillow', () => {
  it('takes the high bytes of 16 bits', async () => {
    const image = await readImage(fileOf('16-bit.png'));
    const gray = sample(24, 40).data.filter((_, i) => i % 3 === 0);
    expect(Array.from(image.data)).toEqual(Array.from(gray).flatMap((value) => [value, value, value]));
  });

  it('turns images upright by their EXIF orientation', async () => {
    const lying = await readImage(fileOf('jpeg'));
    const upright = await readImage(fileOf('turned.jpeg'));
    expect([upright.width, upright.height]).toEqual([24, 40]);
    // A quarter clockwise: the left column becomes the top row, its lower end first.
    for (const column of [0, 5, 23]) expect(at(upright, 0, column, 1)).toBe(at(lying, 23 - column, 0, 1));
  });

  it('converts CMYK as print, not as arithmetic', async () => {
    const image = await readImage(fileOf('cmyk.jpeg'));
    const arithmetic = bytesOf(files['cmyk.jpeg'].rgb);
    const mean =
      image.data.reduce((sum, byte, i) => sum + Math.abs(byte - arithmetic[i]), 0) / image.data.length;
    expect([image.width, image.height, image.data.length]).toEqual([40, 24, 2880]);
    expect(mean).toBeGreaterThan(10);
  });
});

it('puts a background behind transparent pixels where one is named', async () => {
  const half = await sharp(Buffer.from([200, 100, 0, 0, 200, 100, 0, 255]), {
    raw: { width: 2, height: 1, channels: 4 },
  })
    .png()
    .toBuffer();
  expect(Array.from((await readImage(half)).data)).toEqual([200, 100, 0, 200, 100, 0]);
  const white = await readImage(half, { background: '#ffffff' });
  expect(Array.from(white.data)).toEqual([255, 255, 255, 200, 100, 0]);
});

it('reads files, and says which it could not', async () => {
  const path = join(folder, 'image.png');
  writeFileSync(path, fileOf('png'));
  expect((await readImage(path)).data).toEqual((await readImage(fileOf('png'))).data);
  expect(await failure(() => readImage(join(folder, 'missing.png')))).toBe('IO');
  expect(await failure(() => readImage(folder))).toBe('IO');
});

it('reads an image of one pixel', async () => {
  const pixel = await sharp(Buffer.from([1, 2, 3]), { raw: { width: 1, height: 1, channels: 3 } })
    .png()
    .toBuffer();
  expect(await readImage(pixel)).toEqual({ width: 1, height: 1, data: Uint8Array.of(1, 2, 3) });
});

describe('refuses', () => {
  it.each(['png', 'jpeg', 'webp', 'tiff'])('a truncated %s, wherever it ends', async (name) => {
    const bytes = fileOf(name);
    for (const share of [0, 0.1, 0.5, 0.9]) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * share));
      expect(await failure(() => readImage(cut)), `${cut.length} bytes`).toBe('INVALID_FORMAT');
    }
  });

  it('a file that claims more pixels than memory holds', async () => {
    const bytes = fileOf('png');
    const view = new DataView(bytes.buffer);
    view.setUint32(16, 50_000); // width of the header
    view.setUint32(20, 50_000);
    view.setUint32(29, crc32(bytes.subarray(12, 29)));
    expect(await failure(() => readImage(bytes))).toBe('LIMIT_EXCEEDED');
  });

  it('a file of more bytes than an image has', async () => {
    const path = join(folder, 'large.png');
    writeFileSync(path, '');
    const { truncate } = await import('node:fs/promises');
    await truncate(path, MAX_IMAGE_FILE_BYTES + 1);
    expect(await failure(() => readImage(path))).toBe('LIMIT_EXCEEDED');
  });

  it('formats that are programs', async () => {
    const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    expect(await failure(() => readImage(svg))).toBe('UNSUPPORTED');
  });

  it('a colour that is none', async () => {
    expect(await failure(() => readImage(fileOf('alpha.png'), { background: 'no colour' }))).toBe(
      'INVALID_ARGUMENT',
    );
  });
});

it('gives an image or a typed error for damaged files', async () => {
  const names = ['png', 'jpeg', 'webp', 'animated.gif', 'tiff', 'palette.png'];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...names),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      async (name, changes) => {
        const bytes = fileOf(name);
        for (const [place, byte] of changes) bytes[place % bytes.length] = byte;
        const result = await failure(() => readImage(bytes));
        if (typeof result === 'string') return;
        const { width, height, data } = result as RgbImage;
        expect(data).toHaveLength(width * height * 3);
      },
    ),
    { numRuns: 100 },
  );
});

/** Of PNG's chunks. */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ -1) >>> 0;
}
