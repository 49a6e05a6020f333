import type { SchemaElement } from 'hyparquet';
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { toByteSource } from './byte-source.js';
import { readParquetFooter } from './parquet-guard.js';
import { readParquetNumbers } from './parquet-numbers.js';

const number = (name: string, type: SchemaElement['type']): SchemaElement[] => [
  { name, type, repetition_type: 'OPTIONAL' },
];
const list = (name: string, type: SchemaElement['type']): SchemaElement[] => [
  { name, num_children: 1, converted_type: 'LIST', repetition_type: 'OPTIONAL' },
  { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
  { name: 'element', type, repetition_type: 'OPTIONAL' },
];

/** Reads a column of the first row group of a file that has one column. */
async function read(
  schema: SchemaElement[],
  data: ColumnSource['data'],
  width: number,
  options: Partial<ColumnSource> & { pageSize?: number; column?: string } = {},
) {
  const { pageSize, column = schema[0].name, ...source } = options;
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({ writer, schema: [{ name: 'root', num_children: 1 }, ...schema] });
  parquet.write({
    columnData: [{ name: schema[0].name, data, ...source }],
    rowGroupSize: data.length,
    pageSize,
  });
  parquet.finish();
  const file = toByteSource(new Uint8Array(writer.getBuffer()));
  return readParquetNumbers(file, await readParquetFooter(file), 0, { column, width });
}

const failure = (code: string, details: object) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });

describe('readParquetNumbers', () => {
  it.each([
    ['FLOAT', [0.5, -1], Float32Array.of(0.5, -1)],
    ['DOUBLE', [0.1, -1e300], Float64Array.of(0.1, -1e300)],
    ['INT32', [7, -(2 ** 31)], Float64Array.of(7, -(2 ** 31))],
    ['INT64', [7n, -(2n ** 53n) + 1n], Float64Array.of(7, -(2 ** 53) + 1)],
  ] as const)('reads plain numbers: %s', async (type, data, expected) => {
    expect(await read(number('x', type), [...data], 1)).toEqual(expected);
    // The same out of a dictionary.
    expect(await read(number('x', type), [...data], 1, { encoding: 'RLE_DICTIONARY' })).toEqual(expected);
  });

  it('reads lists of one length, also across pages', async () => {
    const rows = Array.from({ length: 500 }, (_, i) => [i, i + 1, i / 2]);
    const expected = Float32Array.from(rows.flat());
    expect(await read(list('x', 'FLOAT'), rows, 3, { encoding: 'PLAIN', pageSize: 256 })).toEqual(expected);
    expect(await read(list('x', 'FLOAT'), rows, 3, { encoding: 'RLE_DICTIONARY', pageSize: 256 })).toEqual(
      expected,
    );
  });

  it.each([
    ['an empty list', [[1, 2], [], [3, 4, 5]], 'in row 1'],
    [
      'a missing number',
      [
        [1, 2],
        [3, null],
      ],
      'in row 1',
    ],
    ['a missing list', [[1, 2], null, [3, 4, 5]], 'in row 1'],
    ['lists of uneven lengths', [[1, 2], [3], [4, 5, 6]], 'in row 1'],
    ['lists of another length', [[1], [2]], '2 values in 2 rows'],
  ])('refuses %s', async (_, rows, message) => {
    await expect(read(list('x', 'FLOAT'), rows, 2)).rejects.toThrow(
      failure('INVALID_FORMAT', { column: 'x' }),
    );
    await expect(read(list('x', 'FLOAT'), rows, 2)).rejects.toThrow(message);
  });

  it('refuses what is no column of numbers', async () => {
    await expect(read(number('x', 'FLOAT'), [1], 1, { column: 'y' })).rejects.toThrow(
      failure('UNKNOWN_NAME', { column: 'y', available: ['x'] }),
    );
    await expect(read(number('x', 'FLOAT'), [1], 2)).rejects.toThrow(
      failure('INVALID_FORMAT', { column: 'x' }),
    );
    await expect(read(number('x', 'BOOLEAN'), [true], 1)).rejects.toThrow(
      failure('UNSUPPORTED', { column: 'x', type: 'BOOLEAN' }),
    );
    await expect(read(number('x', 'INT64'), [2n ** 53n], 1)).rejects.toThrow(
      failure('INVALID_FORMAT', { column: 'x' }),
    );
  });
});
