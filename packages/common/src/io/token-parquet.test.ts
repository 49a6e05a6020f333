import fc from 'fast-check';
import { parquetMetadata } from 'hyparquet';
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import goldens from '../../goldens/io.json' with { type: 'json' };
import { decodeBase64 } from '../base64.js';
import { isPolytokError } from '../errors.js';
import { toByteSource } from './byte-source.js';
import { decodeParquetRecords, encodeParquetRecords } from './token-parquet.js';
import { RECORD_SCHEMA } from './token-parquet-schema.js';
import type { TokenRecord } from './token-record.js';

const decode = (bytes: Uint8Array) => decodeParquetRecords(toByteSource(bytes));

const record = (ids: number[] | Uint32Array): TokenRecord => ({
  source: 'a.wav',
  modality: 'speech',
  fingerprint: '0123456789abcdef',
  codebooks: 1,
  length: ids.length,
  ids: Uint32Array.from(ids),
  alignment: { kind: 'hop', hop: 320, rate: 16000, offset: 0 },
});

describe('files that pyarrow wrote', () => {
  const hop = { kind: 'hop', hop: 320, rate: 16000, offset: 0 };
  const common = { modality: 'speech', fingerprint: '0123456789abcdef', alignment: hop };
  const expected = [
    { ...common, source: 'a.wav', codebooks: 2, length: 2, ids: Uint32Array.of(1, 2 ** 32 - 1, 2 ** 31, 0) },
    { ...common, source: 'empty.wav', codebooks: 2, length: 0, ids: new Uint32Array() },
    { ...common, source: 'b.wav', codebooks: 1, length: 3, ids: Uint32Array.of(7, 8, 9) },
  ];

  it.each(['v1', 'v2_uncompressed', 'plain'] as const)('are read: %s', async (name) => {
    expect(await decode(decodeBase64(goldens.parquet_records[name]))).toEqual(expected);
  });

  it('with another compression are refused by its name', async () => {
    await expect(decode(decodeBase64(goldens.parquet_records.zstd))).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      details: { codec: 'ZSTD' },
    });
  });
});

it('starts a new row group after 2^20 ids, so that memory stays bounded', async () => {
  const long = record(new Uint32Array(2 ** 19).fill(3));
  const bytes = encodeParquetRecords([long, long, record([1]), record([])]);
  expect(parquetMetadata(bytes).row_groups.map(({ num_rows }) => num_rows)).toEqual([2n, 2n]);
  expect((await decode(bytes)).map(({ length }) => length)).toEqual([2 ** 19, 2 ** 19, 1, 0]);
});

it('stores each id in as many bits as the vocabulary in use needs', () => {
  const ids = Uint16Array.from({ length: 100_000 }, (_, i) => (i * 2654435761) % 4096);
  const bytes = encodeParquetRecords([{ ...record([]), ids, length: ids.length }]);
  expect(bytes.length).toBeLessThan(100_000 * (12 / 8) + 4096 * 4 + 2000);
});

it('refuses records beyond its limits, and says what to use', () => {
  const long = { ...record([]), ids: new Uint16Array(2 ** 24 + 1), length: 2 ** 24 + 1 };
  const limit = expect.objectContaining({ code: 'LIMIT_EXCEEDED', message: expect.stringContaining('npy') });
  expect(() => encodeParquetRecords([long])).toThrow(limit);
  expect(() => encodeParquetRecords(Array(2 ** 20 + 1).fill(record([])))).toThrow(limit);
});

/** A file with the record columns, some of them replaced, and any metadata. */
function fileOf(
  changes: Record<string, unknown[]>,
  kvMetadata: { key: string; value: string }[] = [],
): Uint8Array {
  const columns: Record<string, unknown[]> = {
    source: ['a'],
    modality: ['speech'],
    fingerprint: ['f'],
    codebooks: [1],
    length: [1],
    dtype: ['u16'],
    alignment: ['{"kind":"whole","length":1}'],
    ids: [[5]],
    ...changes,
  };
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({ writer, schema: RECORD_SCHEMA, kvMetadata });
  parquet.write({
    columnData: Object.entries(columns).map(([name, data]) => ({ name, data }) as ColumnSource),
  });
  parquet.finish();
  return writer.getBytes().slice();
}

describe('decodeParquetRecords refuses', () => {
  it.each<[string, Uint8Array, string]>([
    ['an empty file', new Uint8Array(), 'INVALID_FORMAT'],
    ['another format', new Uint8Array(100), 'INVALID_FORMAT'],
    ['text for alignment', fileOf({ alignment: ['hop'] }), 'INVALID_FORMAT'],
    ['an unknown alignment', fileOf({ alignment: ['{}'] }), 'INVALID_FORMAT'],
    ['an unknown dtype', fileOf({ dtype: ['f4'] }), 'INVALID_FORMAT'],
    ['a length of other than its ids', fileOf({ length: [2] }), 'INVALID_FORMAT'],
    ['an id that the dtype does not hold', fileOf({ ids: [[65536]] }), 'ID_OUT_OF_RANGE'],
    ['columns of a later version', fileOf({}, [{ key: 'polytok.token_records', value: '2' }]), 'UNSUPPORTED'],
  ])('%s', async (_, bytes, code) => {
    await expect(decode(bytes)).rejects.toMatchObject({ code });
  });

  it('a table that is no token file, naming the column it lacks', async () => {
    const writer = new ByteWriter();
    const parquet = new ParquetWriter({
      writer,
      schema: [
        { name: 'root', num_children: 1 },
        { name: 'text', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
      ],
    });
    parquet.write({ columnData: [{ name: 'text', data: ['x'] }] });
    parquet.finish();
    await expect(decode(writer.getBytes())).rejects.toMatchObject({
      code: 'INVALID_FORMAT',
      details: { column: 'source', actual: ['text'] },
    });
  });

  it('damage of any byte with a typed error, or reads records', async () => {
    const files = [
      encodeParquetRecords([record([1, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3]), record([]), record([2 ** 31])]),
      decodeBase64(goldens.parquet_records.v1),
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), fc.nat(), fc.nat(255), async (file, at, byte) => {
        const damaged = file.slice();
        damaged[at % file.length] = byte;
        const outcome = await decode(damaged).catch((error: unknown) => error);
        expect(Array.isArray(outcome) || isPolytokError(outcome)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('truncation at any byte', async () => {
    const file = encodeParquetRecords([record([1, 2, 3])]);
    for (let end = 0; end < file.length; end++) {
      await expect(decode(file.subarray(0, end))).rejects.toMatchObject({ name: 'PolytokError' });
    }
  });
});
