/** Token records as Parquet: readable by pyarrow, pandas, DuckDB and HuggingFace datasets. */
import type { FileMetaData } from 'hyparquet';
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';
import { isPolytokError, PolytokError } from '../errors.js';
import type { ByteSource } from './byte-source.js';
import { toParquetError } from './parquet-error.js';
import { MAX_PARQUET_COLUMN_VALUES, MAX_PARQUET_ROWS, readParquetFooter } from './parquet-guard.js';
import { readParquetRows } from './parquet-rows.js';
import { checkRecordSchema, RECORD_COLUMNS, RECORD_SCHEMA, RECORD_VERSION } from './token-parquet-schema.js';
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
    for (const [index, group] of metadata.row_groups.entries()) {
      ids += idsOf(group);
      if (ids > MAX_PARQUET_COLUMN_VALUES) throw tooMany(ids, MAX_PARQUET_COLUMN_VALUES, 'ids');
      for (const row of await readParquetRows(source, metadata, index, RECORD_COLUMNS)) {
        records.push(toRecord(row, records.length));
      }
    }
    return records;
  } catch (error) {
    throw toParquetError(error);
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

/** What a row group says that it has; reading checks it. */
function idsOf({ columns }: FileMetaData['row_groups'][number]): number {
  const leaf = columns.find(({ meta_data: meta }) => meta?.path_in_schema[0] === 'ids');
  return Number(leaf?.meta_data?.num_values ?? 0);
}

function tooMany(actual: number, limit: number, what: string): PolytokError {
  return new PolytokError(
    'LIMIT_EXCEEDED',
    `A Parquet token file cannot hold ${actual} ${what}; the limit is ${limit}. Write smaller shards, or long sequences as npy, u16 or u32.`,
    { details: { actual, limit } },
  );
}
