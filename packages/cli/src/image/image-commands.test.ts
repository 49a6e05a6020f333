import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeRawIds, decodeRecords } from '@polytok/common/io';
import type { RgbImage } from '@polytok/image';
import { encodeImageFile, readImage } from '@polytok/image/node';
import { beforeEach, describe, expect, it } from 'vitest';
import { cli, scratchFolder } from '../cli.test-helper.js';

const goldens = (name: string) => fileURLToPath(new URL(`../../../image/goldens/${name}`, import.meta.url));
/** Random weights in LlamaGen's layout, with patches of 2 × 2 pixels. */
const WEIGHTS = goldens('llamagen-tiny.safetensors');
const OTHER = goldens('small-taming.pt');

let cwd: string;
const run = (...argv: string[]) => cli(['image', ...argv], { cwd });

beforeEach(async () => {
  cwd = scratchFolder();
  const config = {
    names: 'llamagen',
    channels: 32,
    multipliers: [1, 2],
    encoderBlocks: 2,
    decoderBlocks: 3,
    middleBlocks: 2,
    attention: 'separate',
    bias: true,
    zeros: 'after',
    up: 'nearest',
    adaptive: false,
    latentChannels: 32,
    latentKernel: 3,
    codeChannels: 8,
    quantKernel: 1,
    quantizer: 'vq-cosine',
    codes: 64,
  };
  await writeFile(join(cwd, 'tiny.json'), JSON.stringify(config));
  const { config: other } = JSON.parse(await readFile(goldens('small-taming.json'), 'utf8'));
  await writeFile(join(cwd, 'other.json'), JSON.stringify(other));
});

const TINY = ['-t', WEIGHTS, '--preset', 'tiny.json'];

function pattern(height: number, width: number): RgbImage {
  const data = Uint8Array.from({ length: height * width * 3 }, (_, i) => (i * 37) % 256);
  return { height, width, data };
}

async function images(files: Readonly<Record<string, RgbImage>>): Promise<void> {
  await mkdir(join(cwd, 'images'));
  for (const [name, image] of Object.entries(files)) {
    await writeFile(join(cwd, 'images', name), await encodeImageFile(image));
  }
}

describe('an image', () => {
  it.each(['parquet', 'jsonl', 'npy', 'u16', 'u32'])(
    'becomes tokens and an image again, as %s',
    async (format) => {
      await writeFile(join(cwd, 'a.png'), await encodeImageFile(pattern(40, 50)));
      const encode = await run('encode', 'a.png', ...TINY, '--size', '16', '--out', `a.${format}`, '--json');
      expect(encode.stderr).toBe('');
      expect(JSON.parse(encode.stdout)).toMatchObject({ inputs: 1, tokens: 64, failures: [] });
      const decode = await run('decode', `a.${format}`, ...TINY, '--size', '16', '--out', 'b.png');
      expect(decode).toMatchObject({ code: 0, stderr: '' });
      expect(await readImage(join(cwd, 'b.png'))).toMatchObject({ width: 16, height: 16 });
    },
  );

  it('keeps its aspect, and is written in the format of its name', async () => {
    await writeFile(join(cwd, 'a.png'), await encodeImageFile(pattern(40, 90)));
    await run('encode', 'a.png', ...TINY, '--size', '20', '--crop', 'patches', '--out', 'a.jsonl');
    const [record] = await decodeRecords(await readFile(join(cwd, 'a.jsonl')), 'jsonl');
    expect(record.alignment).toEqual({ kind: 'grid', rows: 10, columns: 22, patch: [2, 2] });
    await run('decode', 'a.jsonl', ...TINY, '--out', 'b.jpg');
    expect([...(await readFile(join(cwd, 'b.jpg'))).subarray(0, 2)]).toEqual([0xff, 0xd8]);
    expect(await readImage(join(cwd, 'b.jpg'))).toMatchObject({ width: 44, height: 20 });
  });

  it('goes through pipes, as it is', async () => {
    const stdin = await encodeImageFile(pattern(6, 8));
    const encode = await cli(
      ['image', 'encode', '-', ...TINY, '--crop', 'none', '-f', 'u16', '--out', '-', '-q'],
      {
        cwd,
        stdin,
      },
    );
    expect(encode.stderr).toBe('');
    expect(decodeRawIds(encode.stdoutBytes, 'u16')).toHaveLength(12);
  });

  it('is looked at, with its tokens and what they lose', async () => {
    await writeFile(join(cwd, 'a.png'), await encodeImageFile(pattern(16, 16)));
    const { stdout } = await run('inspect', 'a.png', ...TINY, '--size', '16', '--limit', '2');
    expect(stdout).toMatch(/^ {2}width +16$/m);
    expect(stdout).toMatch(/^ {2}tokens +64, 8 rows of 8$/m);
    expect(stdout).toMatch(/^ {2}bitsPerPixel +1\.5000$/m);
    expect(stdout).toMatch(/^ {2}psnr +\d+\.\d\d dB$/m);
    expect(stdout).toMatch(/^ {2}ids +\d+, \d+, … 62 more$/m);
    const plain = await run('inspect', 'a.png', '--json');
    expect(JSON.parse(plain.stdout)).toMatchObject({ width: 16, height: 16 });
  });
});

describe('a folder of images', () => {
  it('becomes shards that a second run leaves alone, and a folder again', async () => {
    await images({ 'a.png': pattern(20, 20), 'b.png': pattern(30, 70) });
    await writeFile(join(cwd, 'images', 'notes.txt'), 'no image');
    const argv = [
      'encode',
      'images',
      ...TINY,
      '--size',
      '16',
      '--out',
      'tokens',
      '--shard-size',
      '1',
      '--json',
    ];
    expect(JSON.parse((await run(...argv)).stdout)).toMatchObject({
      inputs: 2,
      records: 2,
      shards: 2,
      written: 2,
    });
    expect(JSON.parse((await run(...argv)).stdout)).toMatchObject({ shards: 2, written: 0 });
    await run('decode', 'tokens', ...TINY, '--out', 'decoded');
    expect((await readdir(join(cwd, 'decoded', 'images'))).sort()).toEqual(['a.png.png', 'b.png.png']);
  });

  it('finds the grid of each image in the index of bare ids', async () => {
    await images({ 'a.png': pattern(20, 20), 'b.png': pattern(20, 30) });
    const crop = ['--size', '16', '--crop', 'patches'];
    await run('encode', 'images', ...TINY, ...crop, '--out', 'tokens', '-f', 'u16');
    const decode = await run('decode', 'tokens', ...TINY, '--out', 'decoded/', '--image', 'webp');
    expect(decode).toMatchObject({ code: 0, stderr: '' });
    const sizes = await Promise.all(
      ['a', 'b'].map(async (name) => readImage(join(cwd, `decoded/images/${name}.png.webp`))),
    );
    expect(sizes.map(({ width, height }) => [width, height])).toEqual([
      [16, 16],
      [24, 16],
    ]);
  });

  it('names the files that are no images, and encodes the others', async () => {
    await images({ 'a.png': pattern(20, 20) });
    await writeFile(join(cwd, 'images', 'text.png'), 'no image');
    await writeFile(
      join(cwd, 'images', 'cut.png'),
      (await encodeImageFile(pattern(64, 64))).subarray(0, 100),
    );
    const { code, stdout, stderr } = await run(
      'encode',
      'images',
      ...TINY,
      '--size',
      '16',
      '--out',
      'tokens',
      '--json',
    );
    expect(code).toBe(1);
    expect(stderr).toContain('INVALID_FORMAT: images/cut.png: ');
    expect(stderr).toContain('INVALID_FORMAT: images/text.png: ');
    expect(JSON.parse(stdout)).toMatchObject({ inputs: 3, records: 1, failures: { length: 2 } });
  });

  it('has tokens that other weights refuse', async () => {
    await images({ 'a.png': pattern(20, 20) });
    await run('encode', 'images', ...TINY, '--size', '16', '--out', 'tokens');
    const { code, stderr } = await run(
      'decode',
      'tokens',
      '-t',
      OTHER,
      '--preset',
      'other.json',
      '--out',
      'decoded',
    );
    expect([code, stderr]).toEqual([1, expect.stringContaining('VOCABULARY_MISMATCH: images/a.png')]);
  });
});

describe('weights', () => {
  it('are looked at', async () => {
    const { stdout } = await run('inspect', OTHER, '--preset', 'other.json');
    expect(stdout).toMatch(/^ {2}names +taming$/m);
    expect(stdout).toMatch(/^ {2}patch +2 × 2 pixels$/m);
    expect(stdout).toMatch(/^ {2}vocabulary +64 tokens, 6\.0 bits$/m);
  });

  it.each([
    [2, '--tokenizer is missing', ['encode', 'a.png', '--out', 'x']],
    [2, '--out is missing', ['encode', 'a.png', ...TINY]],
    [1, 'nowhere.pt', ['encode', 'a.png', '-t', 'nowhere.pt', '--out', 'x']],
    [2, 'These weights are of no preset', ['encode', 'a.png', '-t', WEIGHTS, '--out', 'x']],
    [
      2,
      "There is no image preset 'magic'",
      ['encode', 'a.png', '-t', WEIGHTS, '--preset', 'magic', '--out', 'x'],
    ],
    [2, 'One image', ['inspect']],
    [1, 'nothing.png', ['inspect', 'nothing.png']],
  ])('exits with %i: %s', async (code, message, argv) => {
    await writeFile(join(cwd, 'a.png'), await encodeImageFile(pattern(8, 8)));
    const result = await run(...argv);
    expect([result.code, result.stderr]).toEqual([code, expect.stringContaining(message)]);
  });
});
