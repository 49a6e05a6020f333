import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import goldens from '../../goldens/io.json' with { type: 'json' };
import { decodeBase64 } from '../base64.js';
import { isPolytokError } from '../errors.js';
import { decodeNpy, encodeNpy, type NpyArray } from './npy.js';

const golden = (name: keyof typeof goldens.npy) => decodeBase64(goldens.npy[name]);

/** A version 1.0 file with any header. */
function fileOf(header: string, data: number[] = []): Uint8Array {
  const text = [...header].map((c) => c.charCodeAt(0));
  return Uint8Array.of(0x93, 78, 85, 77, 80, 89, 1, 0, text.length & 255, text.length >> 8, ...text, ...data);
}

describe('decodeNpy reads what NumPy writes', () => {
  it.each<[keyof typeof goldens.npy, NpyArray]>([
    ['u2', { dtype: 'u2', shape: [3], data: Uint16Array.of(1, 2, 65535) }],
    ['i8', { dtype: 'i8', shape: [2], data: BigInt64Array.of(-1n, 2n ** 62n) }],
    ['f8_version_2', { dtype: 'f8', shape: [1, 2], data: Float64Array.of(1.5, -2.5) }],
    ['b1_scalar_version_3', { dtype: 'b1', shape: [], data: Uint8Array.of(1) }],
    ['i4_fortran_2x3', { dtype: 'i4', shape: [2, 3], data: Int32Array.of(0, 1, 2, 3, 4, 5) }],
    ['u1_fortran_2x3x4', { dtype: 'u1', shape: [2, 3, 4], data: Uint8Array.from(Array(24).keys()) }],
  ])('%s', (name, array) => {
    expect(decodeNpy(golden(name))).toEqual(array);
  });

  it.each(['big_endian', 'half', 'structured', 'object'] as const)('and refuses %s', (name) => {
    expect(() => decodeNpy(golden(name))).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
  });
});

it('encodeNpy writes the bytes that NumPy writes', () => {
  expect(encodeNpy({ dtype: 'u2', shape: [3], data: Uint16Array.of(1, 2, 65535) })).toEqual(golden('u2'));
  expect(encodeNpy({ dtype: 'i8', shape: [2], data: BigInt64Array.of(-1n, 2n ** 62n) })).toEqual(
    golden('i8'),
  );
});

const types = {
  b1: fc.array(fc.integer({ min: 0, max: 1 })).map((v) => Uint8Array.from(v)),
  u1: fc.uint8Array(),
  u2: fc.uint16Array(),
  u4: fc.uint32Array(),
  u8: fc.bigUint64Array(),
  i1: fc.int8Array(),
  i2: fc.int16Array(),
  i4: fc.int32Array(),
  i8: fc.bigInt64Array(),
  f4: fc.float32Array(),
  f8: fc.float64Array(),
};

it.each(Object.keys(types) as (keyof typeof types)[])('%s arrays come back as they were', (dtype) => {
  fc.assert(
    fc.property(types[dtype] as fc.Arbitrary<Uint8Array>, (data) => {
      const array = { dtype, shape: [data.length, 1], data } as NpyArray;
      expect(decodeNpy(encodeNpy(array))).toEqual(array);
    }),
    { numRuns: 30 },
  );
});

it('data are a view of the file where they are aligned', () => {
  const file = encodeNpy({ dtype: 'f4', shape: [2], data: Float32Array.of(1, 2) });
  expect(decodeNpy(file).data.buffer).toBe(file.buffer);
});

it.each<[string, NpyArray]>([
  ['another number of elements', { dtype: 'u2', shape: [4], data: Uint16Array.of(1, 2, 3) }],
  ['another element type', { dtype: 'u2', shape: [1], data: Uint32Array.of(1) } as unknown as NpyArray],
  ['a negative dimension', { dtype: 'u2', shape: [-1], data: Uint16Array.of(1) }],
])('encodeNpy refuses %s', (_, array) => {
  expect(() => encodeNpy(array)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
});

describe('decodeNpy refuses', () => {
  const header = (shape: string, descr = '<u2') =>
    `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;

  it.each<[string, Uint8Array, string]>([
    ['an empty file', new Uint8Array(), 'INVALID_FORMAT'],
    ['another format', new TextEncoder().encode('PAR1 and more bytes'), 'INVALID_FORMAT'],
    ['version 4', golden('u2').fill(4, 6, 7), 'UNSUPPORTED'],
    ['a header beyond the end', golden('u2').fill(255, 8, 10), 'INVALID_FORMAT'],
    ['a version 2 file cut within its length', golden('f8_version_2').slice(0, 11), 'INVALID_FORMAT'],
    ['a huge header', fileOf(' '.repeat(10_001)), 'LIMIT_EXCEEDED'],
    ['missing data', fileOf(header('(3,)'), [1, 0, 2, 0, 3]), 'INVALID_FORMAT'],
    ['data in excess', fileOf(header('(1,)'), [1, 0, 2]), 'INVALID_FORMAT'],
    ['a shape of 2^64 elements', fileOf(header('(4294967296, 4294967296)')), 'INVALID_FORMAT'],
    ['a shape beyond 2^53', fileOf(header('(9007199254740993,)')), 'INVALID_FORMAT'],
    [
      'a shape whose bytes would wrap to none',
      fileOf(header('(9007199254740991,)', '<u8')),
      'INVALID_FORMAT',
    ],
    ['a boolean that is neither', fileOf(header('(2,)', '|b1'), [1, 2]), 'INVALID_FORMAT'],
  ])('%s', (_, file, code) => {
    expect(() => decodeNpy(file)).toThrow(expect.objectContaining({ code }));
  });

  it('any damage with a typed error, or reads an array that fits its shape', () => {
    const file = golden('i4_fortran_2x3');
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.nat(255), fc.nat(file.length), (at, byte, end) => {
        const damaged = file.slice();
        damaged[at] = byte;
        try {
          const { shape, data } = decodeNpy(damaged.subarray(0, end));
          expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
        } catch (error) {
          expect(isPolytokError(error)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
