import type { ColumnMetaData } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { toByteSource } from './byte-source.js';
import { checkColumnChunk, readParquetFooter } from './parquet-guard.js';

const PLAIN = 0;
const DELTA_BINARY_PACKED = 5;
const RLE_DICTIONARY = 8;

interface Page {
  values?: number;
  nulls?: number;
  encoding?: number;
  repetition?: number[];
  definition?: number[];
  data?: number[];
  /** Announced sizes. Default: the true ones. */
  uncompressed?: number;
  compressed?: number;
}

/** An uncompressed data page of version 2 in Thrift's compact protocol; its fields are 32-bit integers. */
function pageOf({
  values = 3,
  nulls = 0,
  encoding = PLAIN,
  repetition = [],
  definition = [],
  data = [],
  ...sizes
}: Page) {
  const size = repetition.length + definition.length + data.length;
  const { uncompressed = size, compressed = size } = sizes;
  const header = [
    ...[field(3), field(uncompressed), field(compressed), 0x5c],
    ...[
      field(values),
      field(nulls),
      field(1),
      field(encoding),
      field(definition.length),
      field(repetition.length),
    ],
    ...[0x12, 0, 0],
  ];
  return Uint8Array.from([...header.flat(), ...repetition, ...definition, ...data]);
}

/** The next field of a Thrift struct, of type i32. */
function field(value: number): number[] {
  return [0x15, ...varint(value >= 0 ? value * 2 : -value * 2 - 1)];
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

/** A run of `count` equal values of up to 8 bits. */
const run = (count: number, value = 0) => [...varint(count * 2), value];

const columnOf = (values: number, codec: ColumnMetaData['codec'] = 'UNCOMPRESSED') =>
  ({ path_in_schema: ['ids', 'list', 'element'], codec, num_values: BigInt(values) }) as ColumnMetaData;
const list = { repetition: 1, definition: 1 };
const flat = { repetition: 0, definition: 0 };

describe('checkColumnChunk', () => {
  it('accepts pages whose runs hold as many values as their headers say', () => {
    const levels = { repetition: run(3), definition: run(3, 1) };
    const plain = pageOf({ ...levels, data: Array(12).fill(0) });
    const indices = pageOf({ ...levels, encoding: RLE_DICTIONARY, data: [2, 3, 0b00_10_01, 0] });
    expect(() => checkColumnChunk(Uint8Array.of(...plain, ...indices), columnOf(6), list)).not.toThrow();
  });

  it.each<[string, Page]>([
    ['repetition levels', { repetition: run(2 ** 30), definition: run(3, 1) }],
    ['definition levels', { repetition: run(3), definition: run(2 ** 30, 1) }],
    [
      'dictionary indices',
      { repetition: run(3), definition: run(3, 1), encoding: RLE_DICTIONARY, data: [1, ...run(2 ** 30)] },
    ],
    [
      'bit-packed indices of no bits',
      {
        repetition: run(3),
        definition: run(3, 1),
        encoding: RLE_DICTIONARY,
        data: [0, ...varint(2 ** 31 + 1)],
      },
    ],
  ])('refuses a short run of endless %s', (_, page) => {
    expect(() => checkColumnChunk(pageOf(page), columnOf(3), list)).toThrow(
      expect.objectContaining({ code: 'INVALID_FORMAT', message: expect.stringContaining('a run of') }),
    );
  });

  it.each<[string, Page, string]>([
    ['a page beyond its column', { compressed: 5 }, 'INVALID_FORMAT'],
    ['a page of negative size', { compressed: -5 }, 'INVALID_FORMAT'],
    ['a page that would decompress to 2 GB', { uncompressed: 2 ** 31 - 1 }, 'LIMIT_EXCEEDED'],
    ['a page of 2^30 values', { values: 2 ** 30 }, 'LIMIT_EXCEEDED'],
    ['a page of negative values', { values: -1 }, 'INVALID_FORMAT'],
    ['more nulls than values', { nulls: 4 }, 'INVALID_FORMAT'],
    ['another number of values than the footer says', { values: 2 }, 'INVALID_FORMAT'],
    ['dictionary indices of 33 bits', { encoding: RLE_DICTIONARY, data: [33] }, 'INVALID_FORMAT'],
    ['an encoding that is not needed', { encoding: DELTA_BINARY_PACKED }, 'UNSUPPORTED'],
  ])('refuses %s', (_, page, code) => {
    expect(() => checkColumnChunk(pageOf(page), columnOf(3), flat)).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it('refuses codecs that hyparquet would need help with', () => {
    expect(() => checkColumnChunk(pageOf({}), columnOf(3, 'BROTLI'), flat)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED' }),
    );
  });
});

describe('readParquetFooter refuses', () => {
  const footerOf = (footer: number[], length = footer.length) => {
    const file = Uint8Array.from(
      [...'PAR1'].map((c) => c.charCodeAt(0)).concat(footer, 0, 0, 0, 0, 80, 65, 82, 49),
    );
    new DataView(file.buffer).setUint32(file.length - 8, length, true);
    return toByteSource(file);
  };

  it('a footer longer than the file', async () => {
    await expect(readParquetFooter(footerOf([0], 2))).rejects.toMatchObject({ code: 'INVALID_FORMAT' });
  });

  it('a footer beyond the limit', async () => {
    const footer = Array<number>(2 ** 22 + 1).fill(0);
    await expect(readParquetFooter(footerOf(footer))).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    await expect(readParquetFooter(footerOf([0, 0]), { maxFooterBytes: 1 })).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      details: { actual: 2, limit: 1 },
    });
  });

  it('what is no footer', async () => {
    await expect(readParquetFooter(footerOf([0]))).rejects.toMatchObject({ code: 'INVALID_FORMAT' });
  });

  it('a number that does not end', async () => {
    const footer = [0x16, ...Array<number>(2 ** 20).fill(0xff)];
    await expect(readParquetFooter(footerOf(footer))).rejects.toMatchObject({ code: 'INVALID_FORMAT' });
  });
});
