import type { ActionStatistics } from '../../normalize/action-statistics.js';
import { QUANTILES } from '../../normalize/action-statistics.js';
import type { DatasetSink } from '../dataset-files.js';
import { listColumn, numberColumn, ParquetSink, textColumn } from '../parquet-sink.js';
import type { DataPlace } from './frame-table.js';
import { EPISODES_TEMPLATE, formatPath } from './layout.js';

/** What `meta/episodes` says of an episode. */
export interface EpisodeRow extends DataPlace {
  readonly episode: number;
  readonly task: string;
  /** Index of its first frame in the data set. */
  readonly from: number;
  readonly frames: number;
  /** By feature; undefined without frames. */
  readonly statistics: Readonly<Record<string, ActionStatistics | undefined>>;
}

const ROW_GROUP_EPISODES = 1000;

const STATISTICS = ['min', 'max', 'mean', 'std', ...Object.keys(QUANTILES)] as const;

/** Columns that are one integer, and what is in them. */
const INTEGERS: Readonly<Record<string, (row: EpisodeRow) => number>> = {
  episode_index: ({ episode }) => episode,
  length: ({ frames }) => frames,
  'data/chunk_index': ({ chunk }) => chunk,
  'data/file_index': ({ file }) => file,
  dataset_from_index: ({ from }) => from,
  dataset_to_index: ({ from, frames }) => from + frames,
  'meta/episodes/chunk_index': () => 0,
  'meta/episodes/file_index': () => 0,
};

/** Writes `meta/episodes/chunk-000/file-000.parquet`, a row for each episode. */
export class EpisodeTable {
  readonly #sink: DatasetSink;
  readonly #features: readonly string[];
  #parquet: ParquetSink | undefined;
  #pending: EpisodeRow[] = [];

  constructor(sink: DatasetSink, features: readonly string[]) {
    this.#sink = sink;
    this.#features = features;
  }

  /** @throws PolytokError `IO` */
  async add(row: EpisodeRow): Promise<void> {
    this.#pending.push(row);
    if (this.#pending.length >= ROW_GROUP_EPISODES) await this.#flush();
  }

  /** @throws PolytokError `IO` */
  async finish(): Promise<void> {
    await this.#flush();
    await this.#parquet?.commit();
  }

  async abort(): Promise<void> {
    await this.#parquet?.abort();
  }

  async #flush(): Promise<void> {
    const rows = this.#pending;
    this.#pending = [];
    this.#parquet ??= await this.#open();
    await this.#parquet.write([
      ...Object.entries(INTEGERS).map(([name, of]) => ({
        name,
        data: BigInt64Array.from(rows, (row) => BigInt(of(row))),
      })),
      { name: 'tasks', data: rows.map(({ task }) => [task]) },
      ...this.#features.flatMap((feature) => [
        ...STATISTICS.map((statistic) => ({
          name: `stats/${feature}/${statistic}`,
          data: rows.map(({ statistics }) => statistics[feature]?.[statistic as 'min'] ?? []),
        })),
        {
          name: `stats/${feature}/count`,
          data: rows.map(({ frames }) => [BigInt(frames)]),
        },
      ]),
    ]);
  }

  #open(): Promise<ParquetSink> {
    const path = formatPath(EPISODES_TEMPLATE, { chunk_index: 0, file_index: 0 });
    return ParquetSink.create(this.#sink, path, {
      columns: [
        ...Object.keys(INTEGERS).map((name) => numberColumn(name, 'INT64')),
        listColumn('tasks', textColumn('element')),
        ...this.#features.flatMap((feature) => [
          ...STATISTICS.map((statistic) =>
            listColumn(`stats/${feature}/${statistic}`, numberColumn('element', 'DOUBLE')),
          ),
          listColumn(`stats/${feature}/count`, numberColumn('element', 'INT64')),
        ]),
      ],
    });
  }
}
