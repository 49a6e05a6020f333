/** Rows of untrusted Parquet as objects: for small tables of any type. */
import { type AsyncBuffer, type FileMetaData, parquetReadObjects } from 'hyparquet';
import type { ByteSource } from './byte-source.js';
import { toParquetError } from './parquet-error.js';
import { checkColumnChunk, columnChunkRange } from './parquet-guard.js';
import { columnLevels } from './token-parquet-schema.js';

/**
 * The rows of one row group. Its pages are checked before they are decoded.
 * @param metadata from `readParquetFooter`
 * @param group index of the row group
 * @param columns those to read; what is not in the file is left out
 * @throws PolytokError `INVALID_FORMAT`, `UNSUPPORTED` (codec, encoding), `LIMIT_EXCEEDED`, and what the source throws
 */
export async function readParquetRows(
  source: ByteSource,
  metadata: FileMetaData,
  group: number,
  columns: readonly string[],
): Promise<Record<string, unknown>[]> {
  try {
    for (const { meta_data: meta } of metadata.row_groups[group].columns) {
      if (!meta || !columns.includes(meta.path_in_schema[0])) continue;
      const { start, end } = columnChunkRange(meta, source);
      checkColumnChunk(await source.slice(start, end), meta, columnLevels(metadata, meta.path_in_schema));
    }
    const known = metadata.schema.map(({ name }) => name);
    const rowStart = rowsBefore(metadata, group);
    return await parquetReadObjects({
      file: asyncBuffer(source),
      metadata,
      columns: columns.filter((name) => known.includes(name)),
      geoparquet: false,
      rowStart,
      rowEnd: rowStart + Number(metadata.row_groups[group].num_rows),
    });
  } catch (error) {
    throw toParquetError(error);
  }
}

function rowsBefore({ row_groups: groups }: FileMetaData, group: number): number {
  return groups.slice(0, group).reduce((rows, { num_rows }) => rows + Number(num_rows), 0);
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
