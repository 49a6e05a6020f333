/** Numbers of untrusted Parquet as typed arrays: for large columns, without an object for each row. */
import type { ColumnMetaData, DecodedArray, FileMetaData, PageHeader } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { convert, convertWithDictionary, DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { decompressPage, readDataPage, readDataPageV2 } from 'hyparquet/src/datapage.js';
import { readPlain } from 'hyparquet/src/plain.js';
import { getMaxDefinitionLevel, getSchemaPath } from 'hyparquet/src/schema.js';
import type { ColumnDecoder } from 'hyparquet/src/types.js';
import { PolytokError } from '../errors.js';
import type { ByteSource } from './byte-source.js';
import { toParquetError } from './parquet-error.js';
import { checkColumnChunk, columnChunkRange } from './parquet-guard.js';
import { columnLevels } from './token-parquet-schema.js';

export interface ParquetNumbersOptions {
  readonly column: string;
  /** Numbers of each row: 1 also for plain numbers. */
  readonly width: number;
}

/**
 * A column of one row group: numbers, or lists of `width` numbers.
 * @param metadata from `readParquetFooter`
 * @param group index of the row group
 * @returns `(rows, width)`; `Float32Array` where the file has that type, else `Float64Array`
 * @throws PolytokError `UNKNOWN_NAME` for a column that is not in the file; `INVALID_FORMAT` for other lengths, nulls, or
 * integers beyond 2^53; `UNSUPPORTED` for other types, codecs and encodings; `LIMIT_EXCEEDED`; what the source throws
 */
export async function readParquetNumbers(
  source: ByteSource,
  metadata: FileMetaData,
  group: number,
  { column, width }: ParquetNumbersOptions,
): Promise<Float32Array | Float64Array> {
  try {
    const meta = numericLeaf(metadata, group, column);
    const levels = columnLevels(metadata, meta.path_in_schema);
    if (levels.repetition > 1) throw noNumbers(column, meta);
    if (levels.repetition === 0 && width !== 1) {
      throw invalid(column, `holds single numbers, not lists of ${width}`);
    }
    const { start, end } = columnChunkRange(meta, source);
    const bytes = await source.slice(start, end);
    // Also says how many values there are, so that what follows allocates no more than that.
    checkColumnChunk(bytes, meta, levels);
    const rows = Number(metadata.row_groups[group].num_rows);
    if (Number(meta.num_values) !== rows * width) {
      throw invalid(column, `has ${meta.num_values} values in ${rows} rows, expected ${width} in each`);
    }
    return new ChunkReader(bytes, metadata, meta, { column, width }).read();
  } catch (error) {
    throw toParquetError(error);
  }
}

function numericLeaf(metadata: FileMetaData, group: number, column: string): ColumnMetaData {
  const leaves = metadata.row_groups[group].columns.flatMap(({ meta_data: meta }) =>
    meta?.path_in_schema[0] === column ? [meta] : [],
  );
  const [leaf] = leaves;
  if (!leaf) throw noColumn(column, metadata);
  if (leaves.length === 1 && NUMBERS.includes(leaf.type)) return leaf;
  throw noNumbers(column, leaf);
}

const NUMBERS: readonly string[] = ['FLOAT', 'DOUBLE', 'INT32', 'INT64'];

/** Decodes the pages of a column in one row group. */
class ChunkReader {
  readonly #bytes: Uint8Array;
  readonly #decoder: ColumnDecoder;
  readonly #options: ParquetNumbersOptions;
  readonly #values: Float32Array | Float64Array;
  #dictionary: DecodedArray | undefined;
  #count = 0;

  constructor(
    bytes: Uint8Array,
    metadata: FileMetaData,
    meta: ColumnMetaData,
    options: ParquetNumbersOptions,
  ) {
    const schemaPath = getSchemaPath(metadata.schema, meta.path_in_schema);
    const { element } = schemaPath[schemaPath.length - 1];
    const { type, codec } = meta;
    this.#bytes = bytes;
    this.#options = options;
    this.#decoder = {
      pathInSchema: meta.path_in_schema,
      type,
      element,
      schemaPath,
      codec,
      parsers: DEFAULT_PARSERS,
    };
    const length = Number(meta.num_values);
    this.#values = type === 'FLOAT' ? new Float32Array(length) : new Float64Array(length);
  }

  read(): Float32Array | Float64Array {
    const { buffer, byteOffset, byteLength } = this.#bytes;
    const reader = { view: new DataView(buffer, byteOffset, byteLength), offset: 0 };
    while (reader.offset < byteLength) {
      const header = parquetHeader(reader);
      const end = reader.offset + header.compressed_page_size;
      this.#readPage(this.#bytes.subarray(reader.offset, end), header);
      reader.offset = end;
    }
    return this.#values;
  }

  #readPage(page: Uint8Array, header: PageHeader): void {
    const { dictionary_page_header: dictionary, data_page_header: v1, data_page_header_v2: v2 } = header;
    const { codec, type } = this.#decoder;
    const decompressed = () => decompressPage(page, header.uncompressed_page_size, codec, undefined);
    if (dictionary) {
      const data = decompressed();
      const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
      const values = readPlain({ view, offset: 0 }, type, dictionary.num_values, undefined);
      this.#dictionary = convert(values, this.#decoder);
    } else if (v1) {
      this.#append(readDataPage(decompressed(), v1, this.#decoder), v1);
    } else if (v2) {
      this.#append(readDataPageV2(page, header, this.#decoder), v2);
    }
  }

  #append(
    { dataPage, definitionLevels, repetitionLevels }: ReturnType<typeof readDataPage>,
    {
      encoding,
      num_values: count,
    }: { readonly encoding: Parameters<typeof convertWithDictionary>[2]; readonly num_values: number },
  ): void {
    const { column, width } = this.#options;
    if (dataPage.length !== count) {
      const full = getMaxDefinitionLevel(this.#decoder.schemaPath);
      const missing = Math.max(definitionLevels?.findIndex((level) => level !== full) ?? 0, 0);
      throw invalid(column, `has no number in row ${this.#rowAt(missing)} of a row group`);
    }
    for (let i = 0; i < repetitionLevels.length; i++) {
      if ((repetitionLevels[i] === 0) === ((this.#count + i) % width === 0)) continue;
      throw invalid(
        column,
        `has a list of another length than ${width} in row ${this.#rowAt(i)} of a row group`,
      );
    }
    const values = convertWithDictionary(dataPage, this.#dictionary, encoding, this.#decoder);
    if (values instanceof Float32Array || values instanceof Float64Array)
      this.#values.set(values, this.#count);
    else for (let i = 0; i < count; i++) this.#values[this.#count + i] = this.#numberOf(values[i], i);
    this.#count += count;
  }

  #numberOf(value: unknown, at: number): number {
    if (typeof value === 'number') return value;
    const number = typeof value === 'bigint' ? Number(value) : Number.NaN;
    if (Number.isSafeInteger(number)) return number;
    throw invalid(
      this.#options.column,
      `has ${value} in row ${this.#rowAt(at)} of a row group, which is no number up to 2^53`,
    );
  }

  #rowAt(at: number): number {
    return Math.floor((this.#count + at) / this.#options.width);
  }
}

function noColumn(column: string, { schema }: FileMetaData): PolytokError {
  const available = getSchemaPath(schema, [])[0].children.map(({ element }) => element.name);
  return new PolytokError(
    'UNKNOWN_NAME',
    `This Parquet file has no column '${column}'; it has ${available.join(', ')}.`,
    { details: { column, available } },
  );
}

function noNumbers(column: string, { type, path_in_schema: path }: ColumnMetaData): PolytokError {
  return new PolytokError(
    'UNSUPPORTED',
    `Column '${column}' is ${path.join('.')} of ${type}. Columns of numbers, and of lists of them, are read: ${NUMBERS.join(', ')}.`,
    { details: { column, type, supported: NUMBERS } },
  );
}

function invalid(column: string, problem: string): PolytokError {
  return new PolytokError('INVALID_FORMAT', `Column '${column}' ${problem}.`, {
    details: { column, problem },
  });
}
