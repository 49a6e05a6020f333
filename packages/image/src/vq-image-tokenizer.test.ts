import { isPolytokError, type TokenSequence } from '@polytok/common';
import type { Tensor } from '@polytok/common/io';
import { weightsOf } from '@polytok/common/onnx';
import { conformanceLaws } from '@polytok/common/testing';
import { describe, expect, it } from 'vitest';
import { golden, goldenWeights, imageOf, SMALL_WEIGHTS, TINY_LLAMAGEN, wave } from './goldens.fixture.js';
import type { RgbImage } from './pixels/rgb-image.js';
import { VqImageTokenizer } from './vq-image-tokenizer.js';

const tiny = golden('llamagen-tiny.json');
const [square] = tiny.cases;
const weights = goldenWeights('llamagen-tiny.safetensors');
const tokenizer = await VqImageTokenizer.fromWeights(weights, TINY_LLAMAGEN, { threads: 1 });

const SMALL = ['taming', 'var', 'open-magvit2'] as const;
type Small = (typeof SMALL)[number];
const small = async (name: Small) =>
  VqImageTokenizer.fromWeights(goldenWeights(SMALL_WEIGHTS[name]), golden(`small-${name}.json`).config, {
    threads: 1,
  });
const smallTokenizers = Object.fromEntries(
  await Promise.all(SMALL.map(async (name) => [name, await small(name)] as const)),
);

async function failure(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return isPolytokError(error) ? error.code : error;
  }
}

describe('LlamaGen, two levels', () => {
  it('gives the ids of the float64 reference', async () => {
    const tokens = await tokenizer.encode(wave(32, 32));
    expect(Array.from(tokens.ids)).toEqual(square.indices);
    expect(tokens.alignment).toEqual({ kind: 'grid', rows: 16, columns: 16, patch: [2, 2] });
  });

  it.each([
    { name: 'encoded ids', ...square.reconstruction, ids: square.indices },
    { name: 'any ids', ...tiny.decode_only, ids: Array.from({ length: 256 }, (_, k) => (11 * k + 5) % 64) },
  ])('decodes $name within the tolerance', async ({ ids, samples, mean }) => {
    const tokens = await tokenizer.encode(wave(32, 32));
    const { data } = await tokenizer.decodeFloats({ ...tokens, ids: Uint16Array.from(ids) });
    for (const [channel, row, column, value] of samples) {
      expect(Math.abs(data[(row * 32 + column) * 3 + channel] - value)).toBeLessThan(tiny.tolerance);
    }
    expect(data.reduce((sum, value) => sum + value, 0) / data.length).toBeCloseTo(mean, 5);
  });
});

/** Of reconstructions, in units of −1 to 1; float32 in PyTorch is up to 3e-6 from float64. */
const TOLERANCE = 2e-5;

describe.each(SMALL)('a small network like %s', (name) => {
  const { shape, ids, reconstruction } = golden(`small-${name}.json`);
  const [height, width] = shape;

  it('gives the ids of the float64 reference in PyTorch, and its reconstruction', async () => {
    const tokens = await smallTokenizers[name].encode(wave(height, width));
    expect(Array.from(tokens.ids)).toEqual(ids);
    const { data, ...size } = await smallTokenizers[name].decodeFloats(tokens);
    expect(size).toEqual({ height, width });
    const worst = reconstruction.reduce(
      (most: number, value: number, i: number) => Math.max(most, Math.abs(value - data[i])),
      0,
    );
    expect(worst).toBeLessThan(TOLERANCE);
  });
});

/** The largest difference of bytes. How close a decoded image comes is a property of the weights: 255 is no promise. */
const distance = (a: RgbImage, b: RgbImage) =>
  a.width === b.width && a.height === b.height && b.data.every((byte) => byte >= 0 && byte <= 255) ? 0 : 255;

describe.each(['llamagen', ...SMALL] as const)('the contract, with a network like %s', (name) => {
  const [made, stored] =
    name === 'llamagen' ? [tokenizer, weights] : [smallTokenizers[name], goldenWeights(SMALL_WEIGHTS[name])];
  const sizes =
    name === 'var'
      ? [[16, 16]]
      : [
          [8, 8],
          [4, 12],
          [12, 4],
        ];
  const signals = sizes.flatMap(([height, width]) => {
    const shape = [height, width, 3];
    const bytes = (value: (i: number) => number) => ({
      height,
      width,
      data: Uint8Array.from({ length: height * width * 3 }, (_, i) => value(i)),
    });
    return [
      { name: `wave ${width} × ${height}`, signal: wave(height, width) as RgbImage, shape },
      { name: `black ${width} × ${height}`, signal: bytes(() => 0), shape },
      { name: `white ${width} × ${height}`, signal: bytes(() => 255), shape },
      { name: `noise ${width} × ${height}`, signal: bytes((i) => (i * 7919) % 256), shape },
    ];
  });
  const wrong = (width: number, height: number, data: RgbImage['data']) => ({ width, height, data });
  const laws = conformanceLaws<RgbImage>({
    tokenizer: () => made,
    fromJSON: (config) => VqImageTokenizer.fromJSON(config, stored, { threads: 1 }),
    signals,
    distance,
    tolerance: 254,
    badSignals: [
      { name: 'no pixels', signal: wrong(0, 0, new Uint8Array(0)), code: 'INVALID_ARGUMENT' },
      { name: 'one pixel', signal: wrong(1, 1, new Uint8Array(3)), code: 'INVALID_ARGUMENT' },
      { name: 'an odd side', signal: wave(8, 7), code: 'INVALID_ARGUMENT' },
      { name: 'an alpha channel', signal: wrong(8, 8, new Uint8Array(256)), code: 'INVALID_ARGUMENT' },
      { name: 'gray', signal: wrong(8, 8, new Uint8Array(64)), code: 'INVALID_ARGUMENT' },
      {
        name: 'NaN',
        signal: imageOf(16, 16, (c, i) => (c + i === 9 ? Number.NaN : 0)),
        code: 'INVALID_ARGUMENT',
      },
      { name: 'an infinity', signal: imageOf(16, 16, () => Infinity), code: 'INVALID_ARGUMENT' },
      {
        name: 'floats that overflow',
        signal: imageOf(16, 16, (c) => 3e38 * (c - 1)),
        code: 'INVALID_ARGUMENT',
      },
      {
        name: 'too many pixels',
        signal: wrong(4096, 4096, new Uint8Array(4096 * 4096 * 3)),
        code: 'LIMIT_EXCEEDED',
      },
      {
        name: 'sides beyond memory',
        signal: wrong(2 ** 31, 2 ** 31, new Uint8Array(0)),
        code: 'LIMIT_EXCEEDED',
      },
    ],
  });
  it.each(laws)('$name', ({ check }) => check());
});

describe('tokens that are not of this tokenizer', () => {
  it('of other weights are refused', async () => {
    const tokens = await smallTokenizers.taming.encode(wave(8, 8));
    expect(await failure(() => tokenizer.decode(tokens))).toBe('VOCABULARY_MISMATCH');
  });

  it.each([
    ['a grid of other patches', { kind: 'grid', rows: 4, columns: 4, patch: [4, 4] }],
    ['a grid of another size', { kind: 'grid', rows: 4, columns: 5, patch: [2, 2] }],
    ['no grid', { kind: 'whole', length: 16 }],
    ['a negative grid', { kind: 'grid', rows: -4, columns: -4, patch: [2, 2] }],
  ] as const)('in %s are refused', async (_, alignment) => {
    const tokens = await tokenizer.encode(wave(8, 8));
    expect(await failure(() => tokenizer.decode({ ...tokens, alignment } as TokenSequence))).toBe(
      'INVALID_ARGUMENT',
    );
  });

  it('in a grid of more pixels than a network is run on are refused', async () => {
    const ids = new Uint16Array(1024 * 1024);
    const alignment = { kind: 'grid', rows: 1024, columns: 1024, patch: [2, 2] } as const;
    const tokens = await tokenizer.encode(wave(8, 8));
    expect(await failure(() => tokenizer.decode({ ...tokens, ids, length: ids.length, alignment }))).toBe(
      'LIMIT_EXCEEDED',
    );
  });

  it('of a single patch are refused where the decoder needs their variance', async () => {
    expect(await failure(() => smallTokenizers['open-magvit2'].encode(wave(2, 2)))).toBe('INVALID_ARGUMENT');
  });
});

describe('weights and configurations', () => {
  const tensors = new Map(weights.entries as ReadonlyMap<string, Tensor>);

  it('of another network are refused, all tensors named', async () => {
    const changed = new Map(tensors);
    const { data } = changed.get('quant_conv.bias')!;
    changed.delete('encoder.conv_in.bias');
    changed.set('quant_conv.bias', { dtype: 'F32', shape: [2, 4], data: data as Float32Array });
    changed.set('decoder.other', { dtype: 'F32', shape: [1], data: Float32Array.of(0) });
    const error = await VqImageTokenizer.fromWeights(weightsOf(changed), TINY_LLAMAGEN).catch((e) => e);
    expect(error.code).toBe('INVALID_FORMAT');
    expect(error.details).toEqual({
      missing: ['encoder.conv_in.bias'],
      misshapen: ['quant_conv.bias is F32 [2, 4], not [8]'],
      extra: ['decoder.other'],
    });
  });

  it('with another codebook have another fingerprint, and are no match for a stored configuration', async () => {
    const { shape, data } = tensors.get('quantize.embedding.weight')!;
    const moved = Float32Array.from(data as Float32Array, (value) => value + 1);
    const changed = new Map(tensors).set('quantize.embedding.weight', { dtype: 'F32', shape, data: moved });
    const other = await VqImageTokenizer.fromWeights(weightsOf(changed), TINY_LLAMAGEN);
    expect(other.vocabulary.fingerprint).not.toBe(tokenizer.vocabulary.fingerprint);
    expect(await failure(() => VqImageTokenizer.fromJSON(tokenizer.toJSON(), weightsOf(changed)))).toBe(
      'VOCABULARY_MISMATCH',
    );
  });

  it.each([
    ['of another tokenizer', { type: 'beast' }, 'INVALID_FORMAT'],
    ['with a field of another type', { multipliers: 'many' }, 'INVALID_ARGUMENT'],
    ['with more levels than there are', { multipliers: new Array(1000).fill(1) }, 'INVALID_ARGUMENT'],
    ['with channels that GroupNorm cannot split', { channels: 48 }, 'INVALID_ARGUMENT'],
    ['with a million blocks', { encoderBlocks: 1e6 }, 'INVALID_ARGUMENT'],
    ['with an unknown quantizer', { quantizer: 'magic' }, 'INVALID_ARGUMENT'],
  ] as const)('stored %s are refused', async (_, change, code) => {
    const stored = { ...tokenizer.toJSON(), ...change };
    expect(await failure(() => VqImageTokenizer.fromJSON(stored, weights))).toBe(code);
  });

  it('by the name of no preset are refused', async () => {
    expect(await failure(() => VqImageTokenizer.fromWeights(weights, 'llamagen' as 'llamagen-vq16'))).toBe(
      'UNKNOWN_NAME',
    );
  });

  it('are freed and opened again', async () => {
    const own = await small('taming');
    const before = await own.encode(wave(8, 8));
    await own.close();
    expect(await own.encode(wave(8, 8))).toEqual(before);
    await own.close();
  });
});

it('reads bytes as floats, and floats as bytes, as published code does', async () => {
  const bytes = { width: 8, height: 8, data: Uint8Array.from({ length: 192 }, (_, i) => i) };
  const floats = { ...bytes, data: Float32Array.from(bytes.data, (byte) => byte / 127.5 - 1) };
  const tokens = await tokenizer.encode(floats);
  expect(await tokenizer.encode(bytes)).toEqual(tokens);
  const { data: exact } = await tokenizer.decodeFloats(tokens);
  const { data: rounded } = await tokenizer.decode(tokens);
  expect(Array.from(rounded)).toEqual(
    Array.from(exact, (value) => Math.trunc(Math.min(Math.max(127.5 * value + 128, 0), 255))),
  );
});
