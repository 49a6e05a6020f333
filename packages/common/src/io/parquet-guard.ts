/**
 * Checks of untrusted Parquet, done before hyparquet decodes it. hyparquet trusts the counts in a file: it allocates
 * what a page header announces and expands a run as long as its header says, so a file of a few bytes could take all
 * memory. This walk visits the same pages and runs, adds up what they would become, and refuses what does not fit.
 * Snappy expands at most 21 times (a 3-byte copy gives 64 bytes), so that decompression needs no further limit.
 * Source: https://github.com/apache/parquet-format (README, Encodings.md)
 */
import { type ColumnMetaData, type FileMetaData, type PageHeader, parquetMetadata } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { decompressPage } from 'hyparquet/src/datapage.js';
import { readVarInt } from 'hyparquet/src/thrift.js';
import { PolytokError } from '../errors.js';
import type { ByteSource } from './byte-source.js';
import { toParquetError } from './parquet-error.js';
import type { ColumnLevels } from './token-parquet-schema.js';

/** The footer of a thousand row groups has about 1 MB. */
export const MAX_PARQUET_FOOTER_BYTES = 2 ** 22;
/** Page headers have some 30 bytes, or a few hundred with statistics. */
export const MAX_PARQUET_PAGE_HEADER_BYTES = 2 ** 13;
/** Writers aim at 1 MB; a page grows to hold its longest row. */
export const MAX_PARQUET_PAGE_BYTES = 2 ** 27;
/** Values of one column in one row group: the longest array that V8 keeps in contiguous memory. */
export const MAX_PARQUET_CHUNK_VALUES = 2 ** 25;
/** Values of one column in one file: 1 GiB of 32-bit ids. */
export const MAX_PARQUET_COLUMN_VALUES = 2 ** 28;
/** Rows of one token file; more belong into several shards. */
export const MAX_PARQUET_ROWS = 2 ** 20;

/** A varint is a chain of bytes from 0x80 on, at most 10 long; hyparquet takes quadratic time for endless ones. */
const MAX_HIGH_BYTES = 512;
/** A last run may be padded: by less than a group of 8, or by 63 such groups where the writer reserves one byte. */
const MAX_RUN_PADDING = 504;

const MAGIC = 0x31524150;

export interface ParquetFooterLimits {
  /** Default: {@link MAX_PARQUET_ROWS}, those of a token file. */
  readonly maxRows?: number;
  /** A footer may take fifty times its bytes in memory. Default: {@link MAX_PARQUET_FOOTER_BYTES}. */
  readonly maxFooterBytes?: number;
}

/**
 * What a file says of itself.
 * @throws PolytokError `INVALID_FORMAT`, `LIMIT_EXCEEDED`
 */
export async function readParquetFooter(
  source: ByteSource,
  { maxRows = MAX_PARQUET_ROWS, maxFooterBytes = MAX_PARQUET_FOOTER_BYTES }: ParquetFooterLimits = {},
): Promise<FileMetaData> {
  if (source.byteLength < 12) throw invalid('it has less than 12 bytes');
  const tail = await source.slice(source.byteLength - 8, source.byteLength);
  const view = new DataView(tail.buffer, tail.byteOffset);
  if (view.getUint32(4, true) !== MAGIC) throw invalid("it does not end with 'PAR1'");
  const length = view.getUint32(0, true);
  if (length > source.byteLength - 12) throw invalid(`its footer of ${length} bytes is longer than the file`);
  checkLimit(length, maxFooterBytes, 'bytes of footer');
  const footer = await source.slice(source.byteLength - 8 - length, source.byteLength);
  for (let i = 0, high = 0; i < length; i++) {
    high = footer[i] < 0x80 ? 0 : high + 1;
    if (high > MAX_HIGH_BYTES) throw invalid('its footer holds a number that does not end');
  }
  try {
    const metadata = parquetMetadata(footer, { geoparquet: false });
    checkRowCounts(metadata, maxRows);
    return metadata;
  } catch (error) {
    throw toParquetError(error);
  }
}

function checkRowCounts(metadata: FileMetaData, maxRows: number): void {
  let rows = 0;
  for (const group of metadata.row_groups) {
    if (!(group.num_rows >= 0n)) throw invalid(`a row group has ${group.num_rows} rows`);
    rows += Number(group.num_rows);
  }
  checkLimit(rows, maxRows, 'rows');
  if (BigInt(rows) !== metadata.num_rows) {
    throw invalid(`its row groups have ${rows} rows, its footer says ${metadata.num_rows}`);
  }
}

/** Bytes of one column in one row group, inside the file. @throws PolytokError `INVALID_FORMAT`, `LIMIT_EXCEEDED` */
export function columnChunkRange(meta: ColumnMetaData, source: ByteSource): { start: number; end: number } {
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
  const end = start + Number(meta.total_compressed_size);
  if (!(start >= 4 && start <= end && end <= source.byteLength)) {
    throw invalid(`column '${meta.path_in_schema}' is at bytes [${start}, ${end}), outside the file`);
  }
  return { start, end };
}

/**
 * Walks the pages of a column in one row group.
 * @param bytes the column chunk
 * @throws PolytokError `INVALID_FORMAT`, `LIMIT_EXCEEDED`, `UNSUPPORTED` (codec, encoding)
 */
export function checkColumnChunk(bytes: Uint8Array, meta: ColumnMetaData, levels: ColumnLevels): void {
  if (meta.codec !== 'SNAPPY' && meta.codec !== 'UNCOMPRESSED') {
    throw new PolytokError(
      'UNSUPPORTED',
      `Column '${meta.path_in_schema}' is compressed with ${meta.codec}. Write it with Snappy, or uncompressed.`,
      { details: { codec: meta.codec, supported: ['SNAPPY', 'UNCOMPRESSED'] } },
    );
  }
  checkLimit(Number(meta.num_values), MAX_PARQUET_CHUNK_VALUES, 'values in a column of a row group');
  let values = 0;
  for (let offset = 0; offset < bytes.byteLength; ) {
    const window = viewOf(bytes.subarray(offset, offset + MAX_PARQUET_PAGE_HEADER_BYTES));
    const reader = { view: window, offset: 0 };
    const header = parquetHeader(reader);
    const start = offset + reader.offset;
    offset = start + header.compressed_page_size;
    if (!(offset >= start && offset <= bytes.byteLength)) throw invalid('a page ends outside its column');
    values += checkPage(bytes.subarray(start, offset), header, meta, levels);
  }
  if (values !== Number(meta.num_values)) {
    throw invalid(`column '${meta.path_in_schema}' has ${values} values, its footer says ${meta.num_values}`);
  }
}

/** Returns the page's values, empty lists and nulls included; 0 for a dictionary. */
function checkPage(
  page: Uint8Array,
  header: PageHeader,
  { codec }: ColumnMetaData,
  levels: ColumnLevels,
): number {
  checkLimit(header.uncompressed_page_size, MAX_PARQUET_PAGE_BYTES, 'bytes in a page');
  const { dictionary_page_header: dictionary, data_page_header: v1, data_page_header_v2: v2 } = header;
  const count = (dictionary ?? v1 ?? v2)?.num_values ?? -1;
  checkLimit(count, MAX_PARQUET_CHUNK_VALUES, 'values in a page');
  if (dictionary) return 0;
  if (v1) {
    const data = decompressPage(page, header.uncompressed_page_size, codec, undefined);
    const values = [levels.repetition, levels.definition].reduce((start, level) => {
      if (level === 0) return start;
      checkRuns(data.subarray(start + 4), bitWidth(level), count);
      return start + 4 + viewOf(data).getUint32(start, true);
    }, 0);
    checkValues(data.subarray(values), v1.encoding, count);
  } else if (v2) {
    const { repetition_levels_byte_length: repetition, definition_levels_byte_length: definition } = v2;
    const start = repetition + definition;
    const inside = repetition >= 0 && definition >= 0 && start <= page.byteLength;
    if (!inside || !(v2.num_nulls >= 0 && v2.num_nulls <= count))
      throw invalid('the levels of a page do not fit it');
    if (levels.repetition > 0) checkRuns(page, bitWidth(levels.repetition), count);
    if (levels.definition > 0) checkRuns(page.subarray(repetition), bitWidth(levels.definition), count);
    const values = page.subarray(start);
    const data =
      v2.is_compressed === false
        ? values
        : decompressPage(values, header.uncompressed_page_size - start, codec, undefined);
    checkValues(data, v2.encoding, count);
  }
  return count;
}

function checkValues(data: Uint8Array, encoding: string, count: number): void {
  switch (encoding) {
    // Bounded by the page itself: each value takes bytes.
    case 'PLAIN':
      return;
    case 'PLAIN_DICTIONARY':
    case 'RLE_DICTIONARY':
      if (data[0] > 32) throw invalid(`a page has dictionary indices of ${data[0]} bits`);
      checkRuns(data.subarray(1), data[0], count);
      return;
    default:
      throw new PolytokError(
        'UNSUPPORTED',
        `A column has the encoding ${encoding}. Write it with plain or dictionary encoding.`,
        { details: { encoding, supported: ['PLAIN', 'RLE_DICTIONARY', 'PLAIN_DICTIONARY'] } },
      );
  }
}

/** Walks the runs of Parquet's run-length and bit-packing hybrid without expanding them. */
function checkRuns(bytes: Uint8Array, bits: number, count: number): void {
  const reader = { view: viewOf(bytes), offset: 0 };
  for (let seen = 0; seen < count && reader.offset < bytes.byteLength; ) {
    const header = readVarInt(reader) >>> 0;
    const packed = header % 2 === 1;
    const groups = Math.floor(header / 2);
    seen += packed ? groups * 8 : groups;
    if (seen > count + MAX_RUN_PADDING) throw invalid(`a run of ${seen} values stands in a page of ${count}`);
    reader.offset += packed ? groups * bits : Math.ceil(bits / 8);
  }
}

/** Bits that hold levels up to `level`. */
function bitWidth(level: number): number {
  return 32 - Math.clz32(level);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function checkLimit(actual: number, limit: number, what: string): void {
  if (!(actual >= 0)) throw invalid(`it announces ${actual} ${what}`);
  if (actual <= limit) return;
  throw new PolytokError(
    'LIMIT_EXCEEDED',
    `This Parquet file has ${actual} ${what}; the limit is ${limit}.`,
    {
      details: { actual, limit, what },
    },
  );
}

function invalid(problem: string): PolytokError {
  return new PolytokError('INVALID_FORMAT', `Not a valid Parquet file: ${problem}.`, {
    details: { problem },
  });
}
