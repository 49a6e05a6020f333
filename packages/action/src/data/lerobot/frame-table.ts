import type { ColumnSource } from 'hyparquet-writer';
import type { ActionChunk } from '../../contract.js';
import type { DatasetSink } from '../dataset-files.js';
import { listColumn, numberColumn, type ParquetColumn, ParquetSink } from '../parquet-sink.js';
import { CHUNK_SIZE, DATA_TEMPLATE, formatPath } from './layout.js';
import type { LeRobotWriterOptions } from './lerobot-writer.js';

/** The frames of an episode. */
export interface Frames {
  readonly episode: number;
  /** Index of its first frame in the data set. */
  readonly from: number;
  readonly frames: number;
  readonly taskIndex: number;
  readonly values: Readonly<Record<string, ActionChunk>>;
}

/** The data file that an episode is in. */
export interface DataPlace {
  readonly chunk: number;
  readonly file: number;
}

/** A row group has at least so many frames where there are as many: a megabyte for 14 joints, twice. */
const ROW_GROUP_FRAMES = 2 ** 13;

/** Writes `data/chunk-…/file-….parquet`: whole episodes, a row for each frame. */
export class FrameTable {
  readonly #sink: DatasetSink;
  readonly #options: Required<LeRobotWriterOptions>;
  #parquet: ParquetSink | undefined;
  /** Data files begun so far. */
  #files = 0;
  #pending: Frames[] = [];
  #pendingFrames = 0;
  /** What they take at least. */
  #pendingBytes = 0;

  constructor(sink: DatasetSink, options: Required<LeRobotWriterOptions>) {
    this.#sink = sink;
    this.#options = options;
  }

  /** @throws PolytokError `IO` */
  async add(frames: Frames): Promise<DataPlace> {
    const written = (this.#parquet?.byteLength ?? 0) + this.#pendingBytes;
    if (written >= this.#options.maxFileBytes) await this.#closeFile();
    this.#parquet ??= await this.#openFile();
    this.#pending.push({ ...frames, values: copyOf(frames.values) });
    this.#pendingFrames += frames.frames;
    for (const { byteLength } of Object.values(frames.values)) this.#pendingBytes += byteLength;
    if (this.#pendingFrames >= ROW_GROUP_FRAMES) await this.#flush();
    return placeOf(this.#files - 1);
  }

  /** @throws PolytokError `IO` */
  async finish(): Promise<void> {
    await this.#closeFile();
  }

  async abort(): Promise<void> {
    await this.#parquet?.abort();
  }

  async #openFile(): Promise<ParquetSink> {
    const { chunk, file } = placeOf(this.#files++);
    const path = formatPath(DATA_TEMPLATE, { chunk_index: chunk, file_index: file });
    const { features } = this.#options;
    const lists = Object.entries(features).map(([name, { dtype, names }]): ParquetColumn => {
      const number = numberColumn(name, dtype === 'float64' ? 'DOUBLE' : 'FLOAT');
      // As LeRobot: features of shape [1] are plain numbers.
      return names.length === 1 ? number : listColumn(name, number);
    });
    const columns = [
      ...lists,
      numberColumn('timestamp', 'FLOAT'),
      ...['frame_index', 'episode_index', 'index', 'task_index'].map((name) => numberColumn(name, 'INT64')),
    ];
    return ParquetSink.create(this.#sink, path, { columns });
  }

  async #closeFile(): Promise<void> {
    await this.#flush();
    await this.#parquet?.commit();
    this.#parquet = undefined;
  }

  async #flush(): Promise<void> {
    const { fps, features } = this.#options;
    const pending = this.#pending;
    const integers = (of: (frames: Frames, frame: number) => number) =>
      BigInt64Array.from(rowsOf(pending, (frames, frame) => BigInt(of(frames, frame))));
    const columns: ColumnSource[] = [
      ...Object.entries(features).map(([name, { names }]): ColumnSource => {
        const width = names.length;
        const data = rowsOf(pending, ({ values }, frame) =>
          width === 1
            ? values[name][frame]
            : Array.from(values[name].subarray(frame * width, (frame + 1) * width)),
        );
        // Measured positions hardly repeat: a dictionary would only take time.
        return { name, data, encoding: 'PLAIN' };
      }),
      { name: 'timestamp', data: Float32Array.from(rowsOf(pending, (_, frame) => frame / fps)) },
      { name: 'frame_index', data: integers((_, frame) => frame) },
      { name: 'episode_index', data: integers(({ episode }) => episode) },
      { name: 'index', data: integers(({ from }, frame) => from + frame) },
      { name: 'task_index', data: integers(({ taskIndex }) => taskIndex) },
    ];
    this.#pending = [];
    this.#pendingFrames = 0;
    this.#pendingBytes = 0;
    await this.#parquet?.write(columns);
  }
}

function placeOf(file: number): DataPlace {
  return { chunk: Math.floor(file / CHUNK_SIZE), file: file % CHUNK_SIZE };
}

/** The caller may go on using its arrays while frames wait for their row group. */
function copyOf(values: Frames['values']): Frames['values'] {
  return Object.fromEntries(Object.entries(values).map(([name, list]) => [name, list.slice()]));
}

function rowsOf<Row>(episodes: readonly Frames[], row: (frames: Frames, frame: number) => Row): Row[] {
  return episodes.flatMap((frames) =>
    Array.from({ length: frames.frames }, (_, frame) => row(frames, frame)),
  );
}
