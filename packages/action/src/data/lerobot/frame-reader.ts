import { PolytokError } from '@polytok/common';
import { readParquetFooter, readParquetNumbers } from '@polytok/common/io';
import type { DatasetFile } from '../dataset-files.js';
import { MAX_FOOTER_BYTES } from './layout.js';

/** Numbers of one column of one episode: a gigabyte, or four days of 14 joints at 50 Hz. */
export const MAX_EPISODE_VALUES = 2 ** 28;
/** Rows of one data file, far beyond LeRobot's 100 MB. */
export const MAX_DATA_FILE_ROWS = 2 ** 31;

export interface FrameColumn {
  readonly name: string;
  /** Numbers of each row. */
  readonly width: number;
}

type Numbers = Float32Array | Float64Array;

/**
 * Frames of one data file, front to back. One row group is in memory, and of that only the columns asked for; row groups
 * in between are skipped.
 */
export class FrameReader {
  readonly rows: number;
  readonly #file: DatasetFile;
  readonly #metadata: Awaited<ReturnType<typeof readParquetFooter>>;
  readonly #columns: readonly FrameColumn[];
  #group: { readonly index: number; readonly values: readonly Numbers[] } | undefined;

  private constructor(
    file: DatasetFile,
    metadata: Awaited<ReturnType<typeof readParquetFooter>>,
    columns: readonly FrameColumn[],
  ) {
    this.#file = file;
    this.#metadata = metadata;
    this.#columns = columns;
    this.rows = Number(metadata.num_rows);
  }

  /** @throws PolytokError `INVALID_FORMAT`, `LIMIT_EXCEEDED` */
  static async open(file: DatasetFile, columns: readonly FrameColumn[]): Promise<FrameReader> {
    const limits = { maxRows: MAX_DATA_FILE_ROWS, maxFooterBytes: MAX_FOOTER_BYTES };
    return new FrameReader(file, await readParquetFooter(file, limits), columns);
  }

  /**
   * Rows `[from, to)` of every column, each `(rows, width)`, in new arrays.
   * @throws PolytokError what `readParquetNumbers` throws; `LIMIT_EXCEEDED`
   */
  async read(from: number, to: number): Promise<Numbers[]> {
    const pieces = this.#columns.map((): Numbers[] => []);
    let start = 0;
    for (const [index, { num_rows }] of this.#metadata.row_groups.entries()) {
      const end = start + Number(num_rows);
      if (from < to && end > from && start < to) {
        const values = await this.#load(index);
        const [first, last] = [Math.max(from - start, 0), Math.min(to, end) - start];
        for (const [c, { width }] of this.#columns.entries()) {
          pieces[c].push(values[c].subarray(first * width, last * width));
        }
      }
      start = end;
    }
    return pieces.map(join);
  }

  async #load(index: number): Promise<readonly Numbers[]> {
    if (this.#group?.index === index) return this.#group.values;
    // The one before may go before the next one comes.
    this.#group = undefined;
    const values: Numbers[] = [];
    for (const { name, width } of this.#columns) {
      values.push(await readParquetNumbers(this.#file, this.#metadata, index, { column: name, width }));
    }
    this.#group = { index, values };
    return values;
  }
}

function join(pieces: readonly Numbers[]): Numbers {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (length > MAX_EPISODE_VALUES) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `An episode has ${length} numbers in a column; at most ${MAX_EPISODE_VALUES} are read at once. Split it.`,
      { details: { actual: length, limit: MAX_EPISODE_VALUES } },
    );
  }
  const exact = pieces.every((piece) => piece instanceof Float32Array);
  const joined = exact ? new Float32Array(length) : new Float64Array(length);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
