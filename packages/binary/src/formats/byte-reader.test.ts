import { describe, expect, it } from 'vitest';
import { ByteReader } from './byte-reader.js';

const bytes = Uint8Array.of(0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0xff);

describe('ByteReader', () => {
  it('reads integers in the byte order it is given', () => {
    const little = new ByteReader(bytes, 'little');
    const big = new ByteReader(bytes, 'big');
    expect([little.u8(7), little.u16(1), little.u32(0), little.u64(0)]).toEqual([
      0xff,
      0x0302,
      0x04030201,
      0xff07060504030201n,
    ]);
    expect([big.u8(7), big.u16(1), big.u32(0), big.u64(0)]).toEqual([
      0xff,
      0x0203,
      0x01020304,
      0x01020304050607ffn,
    ]);
  });

  it('reads words and extents as wide as addresses', () => {
    const reader = new ByteReader(bytes, 'big');
    expect(reader.word(0, 32)).toBe(0x01020304n);
    expect(reader.word(0, 64)).toBe(0x01020304050607ffn);
    expect(reader.extent(4, 32)).toBe(0x050607ff);
  });

  it('starts at the beginning of a view into a larger buffer', () => {
    expect(new ByteReader(bytes.subarray(4), 'big').u16(0)).toBe(0x0506);
  });

  it.each([
    ['past the end', 5, 4],
    ['before the start', -1, 4],
    ['at a position that is no number', Number.NaN, 4],
    ['far outside', 2 ** 60, 4],
  ])('refuses to read %s', (_, at) => {
    expect(() => new ByteReader(bytes, 'little').u32(at)).toThrow(
      expect.objectContaining({ code: 'INVALID_FORMAT' }),
    );
  });

  it('knows which ranges it holds', () => {
    const reader = new ByteReader(bytes, 'little');
    expect([
      reader.holds(0, 8),
      reader.holds(8, 0),
      reader.holds(1, 8),
      reader.holds(9, 0),
      reader.holds(2 ** 53, 2 ** 53),
    ]).toEqual([true, true, false, false, false]);
  });

  it('reads text up to a NUL, a limit or the end', () => {
    const reader = new ByteReader(Uint8Array.of(0x2e, 0x61, 0x62, 0, 0x63), 'little');
    expect([reader.text(0), reader.text(0, 2), reader.text(4)]).toEqual(['.ab', '.a', 'c']);
  });

  it('shows bytes that do not print as numbers, so that names cannot steer a terminal', () => {
    expect(new ByteReader(Uint8Array.of(0x1b, 0x5b, 0x31, 0xe9), 'little').text(0)).toBe('\\x1b[1\\xe9');
  });

  it('reads a part with positions of its own', () => {
    const part = new ByteReader(bytes, 'big').part(2, 3);
    expect([part.length, part.u16(0)]).toEqual([3, 0x0304]);
    expect(() => part.u16(2)).toThrow(/only 3 bytes/);
  });
});
