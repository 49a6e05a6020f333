import type { SchemaElement } from 'hyparquet';
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';
import type { DatasetSink, DatasetSinkFile } from './dataset-files.js';

/** Numbers that a column may have. */
export type NumberType = 'INT32' | 'INT64' | 'FLOAT' | 'DOUBLE';

/** A Parquet file that goes out row group by row group, so that memory holds one of them. */
export class ParquetSink {
  readonly #file: DatasetSinkFile;
  readonly #bytes = new ByteWriter();
  readonly #parquet: ParquetWriter;

  private constructor(file: DatasetSinkFile, options: ParquetSinkOptions) {
    this.#file = file;
    this.#parquet = new ParquetWriter({
      writer: this.#bytes,
      schema: [{ name: 'schema', num_children: options.columns.length }, ...options.columns.flat()],
      kvMetadata: Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value })),
      createdBy: 'polytok',
      statistics: false,
    });
  }

  /** @throws PolytokError `IO` */
  static async create(sink: DatasetSink, path: string, options: ParquetSinkOptions): Promise<ParquetSink> {
    return new ParquetSink(await sink.create(path), options);
  }

  /** Bytes so far, without the footer. */
  get byteLength(): number {
    return this.#bytes.offset;
  }

  /** Appends a row group. @throws PolytokError `IO` */
  async write(columns: readonly ColumnSource[]): Promise<void> {
    const [{ data }] = columns;
    if (data.length === 0) return;
    await this.#parquet.write({ columnData: [...columns], rowGroupSize: data.length });
    await this.#drain();
  }

  /** Writes the footer and gives the file its name. @throws PolytokError `IO` */
  async commit(): Promise<void> {
    await this.#parquet.finish();
    await this.#drain();
    await this.#file.commit();
  }

  /** Without effect after `commit`. */
  abort(): Promise<void> {
    return this.#file.abort();
  }

  async #drain(): Promise<void> {
    await this.#file.write(this.#bytes.getBytes());
    this.#bytes.index = 0;
  }
}

export interface ParquetSinkOptions {
  readonly columns: readonly ParquetColumn[];
  /** Texts of the file, by key. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The schema elements of a column. Columns are optional, as pyarrow makes them. */
export type ParquetColumn = readonly SchemaElement[];

export function numberColumn(name: string, type: NumberType): ParquetColumn {
  return [{ name, type, repetition_type: 'OPTIONAL' }];
}

export function textColumn(name: string): ParquetColumn {
  return [
    {
      name,
      type: 'BYTE_ARRAY',
      converted_type: 'UTF8',
      logical_type: { type: 'STRING' },
      repetition_type: 'OPTIONAL',
    },
  ];
}

/** A column of lists. */
export function listColumn(name: string, [element]: ParquetColumn): ParquetColumn {
  return [
    {
      name,
      num_children: 1,
      converted_type: 'LIST',
      logical_type: { type: 'LIST' },
      repetition_type: 'OPTIONAL',
    },
    { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
    { ...element, name: 'element' },
  ];
}
