/** Token records as Parquet: readable by pyarrow, pandas, DuckDB and HuggingFace datasets. */
import { type AsyncBuffer, type FileMetaData, parquetReadObjects } from 'hyparquet';
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';
import { isPolytokError, PolytokError } from '../errors.js';
import type { ByteSource } from './byte-source.js';
import {
  checkColumnChunk,
  columnChunkRange,
  MAX_PARQUET_COLUMN_VALUES,
  MAX_PARQUET_ROWS,
  readParquetFooter,
} from './parquet-guard.js';
import {
  checkRecordSchema,
  columnLevels,
  RECORD_COLUMNS,
  RECORD_SCHEMA,
  RECORD_VERSION,
} from './token-parquet-schema.js';
import { fromStoredRecord, type StoredRecord, type TokenRecord, toStoredRecord } from './token-record.js';

/** Longest record. The writer needs some 50 bytes of memory per id while it encodes a record. */
export const MAX_PARQUET_RECORD_IDS = 2 ** 24;

/** A row group ends after this many ids, which bounds the memory that writing and reading take. */
const ROW_GROUP_IDS = 2 ** 20;

/**
 * Equal records give equal bytes.
 * @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED` (over 2^20 records, {@link MAX_PARQUET_RECORD_IDS})
 */
export function encodeParquetRecords(records: readonly TokenRecord[]): Uint8Array {
  if (records.length > MAX_PARQUET_ROWS) throw tooMany(records.length, MAX_PARQUET_ROWS, 'records');
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({
    writer,
    schema: RECORD_SCHEMA,
    createdBy: 'polytok',
    kvMetadata: [RECORD_VERSION],
  });
  for (const group of rowGroups(records)) {
    parquet.write({ columnData: toColumns(group.map(toStoredRecord)), rowGroupSize: group.length });
  }
  parquet.finish();
  return new Uint8Array(writer.getBuffer());
}

/**
 * Reads what {@link encodeParquetRecords} writes, also after another program has rewritten it.
 * @throws PolytokError `INVALID_FORMAT`, `UNSUPPORTED` (codec, encoding, later version), `LIMIT_EXCEEDED`,
 * `ID_OUT_OF_RANGE`, and what the source throws
 */
export async function decodeParquetRecords(source: ByteSource): Promise<TokenRecord[]> {
  try {
    const metadata = await readParquetFooter(source);
    checkRecordSchema(metadata);
    const records: TokenRecord[] = [];
    let ids = 0;
    for (const group of metadata.row_groups) {
      ids += await checkRowGroup(source, metadata, group);
      if (ids > MAX_PARQUET_COLUMN_VALUES) throw tooMany(ids, MAX_PARQUET_COLUMN_VALUES, 'ids');
      const rowStart = records.length;
      const rows = await parquetReadObjects({
        file: asyncBuffer(source),
        metadata,
        columns: RECORD_COLUMNS,
        geoparquet: false,
        rowStart,
        rowEnd: rowStart + Number(group.num_rows),
      });
      for (const row of rows) records.push(toRecord(row, records.length));
    }
    return records;
  } catch (error) {
    if (isPolytokError(error)) throw error;
    throw new PolytokError('INVALID_FORMAT', `Not a valid Parquet file: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

/** Consecutive records of about {@link ROW_GROUP_IDS} ids. */
function* rowGroups(records: readonly TokenRecord[]): Generator<TokenRecord[]> {
  let group: TokenRecord[] = [];
  let ids = 0;
  for (const record of records) {
    if (record.ids.length > MAX_PARQUET_RECORD_IDS) {
      throw tooMany(record.ids.length, MAX_PARQUET_RECORD_IDS, `ids in the record of '${record.source}'`);
    }
    group.push(record);
    ids += record.ids.length;
    if (ids >= ROW_GROUP_IDS) {
      yield group;
      group = [];
      ids = 0;
    }
  }
  if (group.length > 0) yield group;
}

function toColumns(records: readonly StoredRecord[]): ColumnSource[] {
  const values: Record<string, (record: StoredRecord) => unknown> = {
    ids: ({ ids }) => Array.from(ids),
    alignment: ({ alignment }) => JSON.stringify(alignment),
  };
  // Trained vocabularies repeat their ids, which a short sample may not show. 32-bit ids may all differ: the writer decides.
  const narrow = records.every(({ dtype }) => dtype === 'u16');
  return RECORD_COLUMNS.map((name) => ({
    name,
    data: records.map(values[name] ?? ((record) => record[name as keyof StoredRecord])),
    encoding: name === 'ids' && narrow ? 'RLE_DICTIONARY' : undefined,
    // The least and greatest id of a row group select nothing.
    statistics: name !== 'ids',
  }));
}

function toRecord(row: Readonly<Record<string, unknown>>, index: number): TokenRecord {
  const where = `Row ${index}`;
  if (typeof row.alignment !== 'string') return fromStoredRecord(row, where);
  try {
    return fromStoredRecord({ ...row, alignment: JSON.parse(row.alignment) }, where);
  } catch (cause) {
    if (isPolytokError(cause)) throw cause;
    throw new PolytokError('INVALID_FORMAT', `${where} has an alignment that is not JSON.`, {
      details: { row: index },
      cause,
    });
  }
}

/** Returns the number of ids in the group. */
async function checkRowGroup(
  source: ByteSource,
  metadata: FileMetaData,
  group: FileMetaData['row_groups'][number],
): Promise<number> {
  let ids = 0;
  for (const { meta_data: meta } of group.columns) {
    const name = meta?.path_in_schema[0];
    if (meta === undefined || !RECORD_COLUMNS.includes(name as string)) continue;
    const { start, end } = columnChunkRange(meta, source);
    checkColumnChunk(await source.slice(start, end), meta, columnLevels(metadata, meta.path_in_schema));
    if (name === 'ids') ids += Number(meta.num_values);
  }
  return ids;
}

/** hyparquet's view of a source. It keeps array buffers, so that parts of larger ones are copied. */
function asyncBuffer(source: ByteSource): AsyncBuffer {
  return {
    byteLength: source.byteLength,
    async slice(start, end = source.byteLength) {
      return new Uint8Array(await source.slice(start, end)).buffer;
    },
  };
}

function tooMany(actual: number, limit: number, what: string): PolytokError {
  return new PolytokError(
    'LIMIT_EXCEEDED',
    `A Parquet token file cannot hold ${actual} ${what}; the limit is ${limit}. Write smaller shards, or long sequences as npy, u16 or u32.`,
    { details: { actual, limit } },
  );
}
