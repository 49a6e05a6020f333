import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import goldens from '../../goldens/io.json' with { type: 'json' };
import { decodeBase64 } from '../base64.js';
import { isPolytokError } from '../errors.js';
import { decodeSafetensors, encodeSafetensors, type Tensor, tensorToFloat32 } from './safetensors.js';

const golden = decodeBase64(goldens.safetensors);

/** A file with any header text and `dataBytes` zeros. */
function fileOf(header: unknown, dataBytes = 0): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

describe('decodeSafetensors', () => {
  it('reads what the reference implementation writes', () => {
    const { tensors, metadata } = decodeSafetensors(golden);
    expect(metadata).toEqual({ format: 'np' });
    expect(Object.fromEntries(tensors)).toEqual({
      w: { dtype: 'F32', shape: [1, 2], data: Float32Array.of(1.5, -2) },
      h: { dtype: 'F16', shape: [2], data: Uint16Array.of(0x3c00, 0xb800) },
      ids: { dtype: 'I64', shape: [3], data: BigInt64Array.of(1n, 2n, 3n) },
      flag: { dtype: 'BOOL', shape: [2], data: Uint8Array.of(1, 0) },
    });
  });

  it('shares memory with the file where tensors are aligned', () => {
    expect(decodeSafetensors(golden).tensors.get('w')?.data.buffer).toBe(golden.buffer);
    const shifted = new Uint8Array(golden.length + 1).subarray(1);
    shifted.set(golden);
    expect(decodeSafetensors(shifted).tensors.get('w')).toEqual(decodeSafetensors(golden).tensors.get('w'));
  });

  const u8 = (begin: number, end: number, shape = [end - begin]) => ({
    dtype: 'U8',
    shape,
    data_offsets: [begin, end],
  });

  it.each<[string, Uint8Array, string]>([
    ['an empty file', new Uint8Array(), 'INVALID_FORMAT'],
    ['a header beyond the end', golden.slice(0, 40), 'INVALID_FORMAT'],
    ['a header length of 2^64 - 1', new Uint8Array(16).fill(255), 'INVALID_FORMAT'],
    ['a header that is not JSON', fileOf('{"a":'), 'INVALID_FORMAT'],
    ['a header that is not UTF-8', fileOf('{}').fill(255, 9, 10), 'INVALID_FORMAT'],
    ['a header that is a list', fileOf([]), 'INVALID_FORMAT'],
    ['a byte order mark', fileOf('\ufeff{}'), 'INVALID_FORMAT'],
    ['metadata that are not strings', fileOf({ __metadata__: { a: 1 } }), 'INVALID_FORMAT'],
    ['a tensor without a shape', fileOf({ a: { dtype: 'U8', data_offsets: [0, 1] } }, 1), 'INVALID_FORMAT'],
    ['a negative dimension', fileOf({ a: u8(0, 1, [-1]) }, 1), 'INVALID_FORMAT'],
    ['an unknown dtype', fileOf({ a: { dtype: 'F4', shape: [2], data_offsets: [0, 1] } }, 1), 'UNSUPPORTED'],
    [
      'an inherited name as dtype',
      fileOf({ a: { dtype: 'constructor', shape: [], data_offsets: [0, 1] } }, 1),
      'UNSUPPORTED',
    ],
    ['a shape of another size', fileOf({ a: u8(0, 4, [3]) }, 4), 'INVALID_FORMAT'],
    ['a shape beyond 2^53', fileOf({ a: u8(0, 4, [2 ** 30, 2 ** 30]) }, 4), 'INVALID_FORMAT'],
    [
      'three offsets',
      fileOf({ a: { dtype: 'U8', shape: [1], data_offsets: [0, 1, 2] } }, 1),
      'INVALID_FORMAT',
    ],
    [
      'reversed offsets',
      fileOf({ a: { dtype: 'U8', shape: [1], data_offsets: [1, 0] } }, 1),
      'INVALID_FORMAT',
    ],
    ['overlapping tensors', fileOf({ a: u8(0, 3), b: u8(2, 4) }, 4), 'INVALID_FORMAT'],
    ['the same bytes twice', fileOf({ a: u8(0, 4), b: u8(0, 4) }, 4), 'INVALID_FORMAT'],
    ['a hole at the start', fileOf({ a: u8(1, 4) }, 4), 'INVALID_FORMAT'],
    ['a hole between tensors', fileOf({ a: u8(0, 1), b: u8(2, 4) }, 4), 'INVALID_FORMAT'],
    ['data behind the last tensor', fileOf({ a: u8(0, 3) }, 4), 'INVALID_FORMAT'],
    ['missing data', fileOf({ a: u8(0, 5) }, 4), 'INVALID_FORMAT'],
    [
      'a name twice',
      fileOf(
        '{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}',
      ),
      'INVALID_FORMAT',
    ],
  ])('refuses %s', (_, file, code) => {
    expect(() => decodeSafetensors(file)).toThrow(expect.objectContaining({ code }));
  });

  it('limits the header', () => {
    const file = new Uint8Array(100_000_010);
    new DataView(file.buffer).setBigUint64(0, 100_000_001n, true);
    expect(() => decodeSafetensors(file)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }));
  });

  it('reads long metadata', () => {
    const card = 'x"\\'.repeat(1_000_000);
    const file = encodeSafetensors(new Map(), { metadata: { card } });
    expect(decodeSafetensors(file).metadata).toEqual({ card });
  });

  it('meets damage with a typed error', () => {
    fc.assert(
      fc.property(fc.nat(golden.length - 1), fc.nat(255), (at, byte) => {
        const damaged = golden.slice();
        damaged[at] = byte;
        try {
          decodeSafetensors(damaged);
        } catch (error) {
          expect(isPolytokError(error)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('encodeSafetensors', () => {
  const one = { dtype: 'F32', shape: [1], data: Float32Array.of(1) } as const;
  const ids = { dtype: 'U16', shape: [3], data: Uint16Array.of(1, 2, 3) } as const;
  const wide = { dtype: 'I64', shape: [], data: BigInt64Array.of(-1n) } as const;

  it('aligns every tensor in the file: wide elements first, then by name', () => {
    const file = encodeSafetensors(
      new Map<string, Tensor>([
        ['ids', ids],
        ['one', one],
        ['b', wide],
        ['a', wide],
      ]),
    );
    const { tensors } = decodeSafetensors(file);
    expect([...tensors.keys()]).toEqual(['a', 'b', 'one', 'ids']);
    for (const { data } of tensors.values()) expect(data.buffer).toBe(file.buffer);
  });

  it('gives equal bytes for equal content in any order', () => {
    const forwards = encodeSafetensors(
      new Map<string, Tensor>([
        ['a', one],
        ['b', ids],
      ]),
      { metadata: { x: '1', y: '2' } },
    );
    const backwards = encodeSafetensors(
      new Map<string, Tensor>([
        ['b', ids],
        ['a', one],
      ]),
      { metadata: { y: '2', x: '1' } },
    );
    expect(forwards).toEqual(backwards);
  });

  it('brings back every dtype, awkward names and empty tensors', () => {
    const tensors = new Map<string, Tensor>([
      ['0', { dtype: 'BOOL', shape: [2], data: Uint8Array.of(0, 1) }],
      ['__proto__', { dtype: 'U8', shape: [1], data: Uint8Array.of(255) }],
      ['i8', { dtype: 'I8', shape: [1], data: Int8Array.of(-128) }],
      ['u16', ids],
      ['i16', { dtype: 'I16', shape: [1], data: Int16Array.of(-1) }],
      ['f16', { dtype: 'F16', shape: [1], data: Uint16Array.of(0x3c00) }],
      ['bf16', { dtype: 'BF16', shape: [1], data: Uint16Array.of(0x3f80) }],
      ['u32', { dtype: 'U32', shape: [1], data: Uint32Array.of(2 ** 32 - 1) }],
      ['i32', { dtype: 'I32', shape: [1], data: Int32Array.of(-1) }],
      ['f32', one],
      ['u64', { dtype: 'U64', shape: [1], data: BigUint64Array.of(2n ** 64n - 1n) }],
      ['i64', wide],
      ['f64', { dtype: 'F64', shape: [1], data: Float64Array.of(Math.PI) }],
      ['empty "ü"', { dtype: 'F64', shape: [0, 7], data: new Float64Array() }],
    ]);
    const decoded = decodeSafetensors(encodeSafetensors(tensors, { metadata: { note: 'ü' } }));
    expect(new Map([...decoded.tensors].sort())).toEqual(new Map([...tensors].sort()));
    expect(decoded.metadata).toEqual({ note: 'ü' });
  });

  it.each<[string, string, Tensor]>([
    ['data of another size', 'a', { ...one, shape: [2] }],
    ['data of another type', 'a', { ...one, data: Float64Array.of(1) } as unknown as Tensor],
    ['the name of the metadata', '__metadata__', one],
  ])('refuses %s', (_, name, tensor) => {
    expect(() => encodeSafetensors(new Map([[name, tensor]]))).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

it('tensorToFloat32 reads every floating-point type', () => {
  const shape = [1];
  expect(tensorToFloat32({ dtype: 'F64', shape, data: Float64Array.of(0.5) })).toEqual(Float32Array.of(0.5));
  expect(tensorToFloat32({ dtype: 'F16', shape, data: Uint16Array.of(0xb800) })).toEqual(
    Float32Array.of(-0.5),
  );
  expect(tensorToFloat32({ dtype: 'BF16', shape, data: Uint16Array.of(0x3f80) })).toEqual(Float32Array.of(1));
  const data = Float32Array.of(2);
  expect(tensorToFloat32({ dtype: 'F32', shape, data })).toBe(data);
  expect(() => tensorToFloat32({ dtype: 'U8', shape, data: Uint8Array.of(1) })).toThrow(
    expect.objectContaining({ code: 'UNSUPPORTED' }),
  );
});
