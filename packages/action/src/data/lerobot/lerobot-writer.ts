import { PolytokError, requirePositive } from '@polytok/common';
import type { ActionChunk } from '../../contract.js';
import type { ActionStatistics } from '../../normalize/action-statistics.js';
import { TrackStatistics } from '../../normalize/track-statistics.js';
import { type ActionKind, createTrack } from '../../tracks/action-track.js';
import { type DatasetSink, writeDatasetFile } from '../dataset-files.js';
import { numberColumn, ParquetSink, textColumn } from '../parquet-sink.js';
import { EpisodeTable } from './episode-table.js';
import { type Frames, FrameTable } from './frame-table.js';
import {
  CHUNK_SIZE,
  DATA_FILE_MEGABYTES,
  DATA_TEMPLATE,
  FRAME_COLUMNS,
  INFO_PATH,
  STATS_PATH,
  TASKS_PATH,
  VIDEO_FILE_MEGABYTES,
} from './layout.js';
import { statisticsToStored } from './stored-statistics.js';

/** A feature with a list of numbers for each frame, such as `action`. An `ActionTrack` is one. */
export interface VectorFeature {
  /** `(columns)` */
  readonly names: readonly string[];
  /** Default: 'float32'. */
  readonly dtype?: 'float32' | 'float64';
  /** `(columns)`. Kept in the feature's `info`, which LeRobot leaves alone. */
  readonly units?: readonly string[];
  /** As `units`. */
  readonly kind?: ActionKind;
  /** As `units`. */
  readonly grippers?: readonly number[];
}

export interface LeRobotWriterOptions {
  /** Frames per second. */
  readonly fps: number;
  /** By name: `action`, `observation.state`, … */
  readonly features: Readonly<Record<string, VectorFeature>>;
  /** Default: 'unknown'. */
  readonly robotType?: string;
  /** A data file ends with the episode that takes it over so many bytes. Default: 100 MB, as LeRobot. */
  readonly maxFileBytes?: number;
}

export interface EpisodeFrames {
  /** What the robot was told, in words. */
  readonly task: string;
  /** `(frames, columns)` of every feature, finite. No frames are an empty episode. */
  readonly values: Readonly<Record<string, ActionChunk>>;
}

/**
 * Writes a data set in LeRobot's format v3.0, without video. Memory holds one row group and one line per task. The
 * data set is complete when `finish` resolves: `meta/info.json` comes last.
 */
export class LeRobotWriter {
  readonly #sink: DatasetSink;
  readonly #options: Required<LeRobotWriterOptions>;
  readonly #statistics: Readonly<Record<string, TrackStatistics>>;
  readonly #tasks = new Map<string, number>();
  readonly #frames: FrameTable;
  readonly #episodes: EpisodeTable;
  #state: 'open' | 'finished' | 'failed' = 'open';
  #episodeCount = 0;
  #frameCount = 0;

  /** @throws PolytokError `INVALID_ARGUMENT` */
  constructor(sink: DatasetSink, options: LeRobotWriterOptions) {
    const { fps, features, robotType = 'unknown', maxFileBytes = DATA_FILE_MEGABYTES * 2 ** 20 } = options;
    checkFeatures(features, fps);
    requirePositive(maxFileBytes, 'maxFileBytes');
    this.#sink = sink;
    this.#options = { fps, features, robotType, maxFileBytes };
    this.#statistics = mapValues(features, ({ names }) => new TrackStatistics({ columns: names.length }));
    this.#frames = new FrameTable(sink, this.#options);
    this.#episodes = new EpisodeTable(sink, Object.keys(features));
  }

  /**
   * Appends an episode.
   * @returns its index
   * @throws PolytokError `INVALID_ARGUMENT` for missing or other features, uneven lengths, or numbers that are not
   * finite; `IO`. After `IO` nothing more can be written.
   */
  async addEpisode({ task, values }: EpisodeFrames): Promise<number> {
    this.#requireOpen();
    const frames = this.#check(values);
    const statistics: Record<string, ActionStatistics | undefined> = {};
    for (const [name, { columns }] of Object.entries(this.#statistics)) {
      const own = new TrackStatistics({ columns, exactSteps: Math.max(frames, 1) });
      own.add(values[name]);
      statistics[name] = frames > 0 ? own.result() : undefined;
    }
    for (const name in this.#statistics) this.#statistics[name].add(values[name]);
    const taskIndex = this.#tasks.get(task) ?? this.#tasks.size;
    this.#tasks.set(task, taskIndex);
    const episode = this.#episodeCount++;
    const from = this.#frameCount;
    this.#frameCount += frames;
    await this.#guard(async () => {
      const rows: Frames = { episode, from, frames, taskIndex, values };
      const place = await this.#frames.add(rows);
      await this.#episodes.add({ episode, task, from, frames, ...place, statistics });
    });
    return episode;
  }

  /** Writes what remains. @throws PolytokError `IO`; `INVALID_ARGUMENT` when finished already */
  async finish(): Promise<void> {
    this.#requireOpen();
    await this.#guard(async () => {
      await this.#frames.finish();
      await this.#episodes.finish();
      await this.#writeTasks();
      const known = Object.entries(this.#statistics).filter(([, { count }]) => count > 0);
      const statistics = known.map(([name, of]) => [name, statisticsToStored(of.result())]);
      await this.#writeJson(STATS_PATH, Object.fromEntries(statistics));
      await this.#writeJson(INFO_PATH, this.#info());
    });
    this.#state = 'finished';
  }

  /** Gives up: removes the files that are not complete. Without effect after `finish`. */
  async abort(): Promise<void> {
    if (this.#state === 'finished') return;
    this.#state = 'failed';
    await Promise.all([this.#frames.abort(), this.#episodes.abort()]);
  }

  #check(values: Readonly<Record<string, ActionChunk>>): number {
    const { features, fps } = this.#options;
    const other = Object.keys(values).find((name) => !Object.hasOwn(features, name));
    const missing = Object.keys(features).find((name) => !Object.hasOwn(values, name));
    const odd = missing ?? other;
    if (odd !== undefined) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `The episode ${odd === missing ? 'lacks' : 'has an unknown'} feature '${odd}'; this data set has ${Object.keys(features).join(', ')}.`,
        { details: { feature: odd, expected: Object.keys(features) } },
      );
    }
    const lengths = Object.entries(features).map(
      ([name, { names }]) => createTrack({ values: values[name], names, fps }).steps,
    );
    if (new Set(lengths).size === 1) return lengths[0];
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `The features of an episode must have the same number of frames; ${Object.keys(features).join(', ')} have ${lengths.join(', ')}.`,
      { details: { features: Object.keys(features), lengths } },
    );
  }

  #requireOpen(): void {
    if (this.#state === 'open') return;
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `This data set is ${this.#state} already. Start another writer.`,
      {
        details: { state: this.#state },
      },
    );
  }

  /** Runs a step that leaves no incomplete files when it fails. */
  async #guard(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  async #writeTasks(): Promise<void> {
    const tasks = await ParquetSink.create(this.#sink, TASKS_PATH, {
      columns: [numberColumn('task_index', 'INT64'), textColumn('task')],
      metadata: { pandas: JSON.stringify(TASKS_INDEX) },
    });
    try {
      await tasks.write([
        { name: 'task_index', data: BigInt64Array.from(this.#tasks.values(), BigInt) },
        { name: 'task', data: [...this.#tasks.keys()] },
      ]);
      await tasks.commit();
    } finally {
      await tasks.abort();
    }
  }

  #writeJson(path: string, json: unknown): Promise<void> {
    return writeDatasetFile(this.#sink, path, new TextEncoder().encode(`${JSON.stringify(json, null, 2)}\n`));
  }

  #info(): object {
    const { fps, features, robotType } = this.#options;
    const frameFeatures = mapValues(FRAME_COLUMNS, (dtype) => ({ dtype, shape: [1], names: null }));
    return {
      codebase_version: 'v3.0',
      robot_type: robotType,
      total_episodes: this.#episodeCount,
      total_frames: this.#frameCount,
      total_tasks: this.#tasks.size,
      chunks_size: CHUNK_SIZE,
      data_files_size_in_mb: DATA_FILE_MEGABYTES,
      video_files_size_in_mb: VIDEO_FILE_MEGABYTES,
      fps,
      splits: { train: `0:${this.#episodeCount}` },
      data_path: DATA_TEMPLATE,
      video_path: null,
      features: { ...mapValues(features, featureInfo), ...frameFeatures },
    };
  }
}

/** Tells pandas that the column `task` is the index of the table, where LeRobot looks for it. */
const TASKS_INDEX = {
  index_columns: ['task'],
  column_indexes: [
    {
      name: null,
      field_name: null,
      pandas_type: 'unicode',
      numpy_type: 'object',
      metadata: { encoding: 'UTF-8' },
    },
  ],
  columns: [
    {
      name: 'task_index',
      field_name: 'task_index',
      pandas_type: 'int64',
      numpy_type: 'int64',
      metadata: null,
    },
    { name: 'task', field_name: 'task', pandas_type: 'unicode', numpy_type: 'object', metadata: null },
  ],
  creator: { library: 'polytok', version: '0.1.0' },
  pandas_version: '2.0.0',
};

function featureInfo({ names, dtype = 'float32', units, kind, grippers }: VectorFeature): object {
  const info = { units, kind, grippers };
  const known = Object.values(info).some((value) => value !== undefined);
  return { dtype, shape: [names.length], names, ...(known && { info }) };
}

function checkFeatures(features: LeRobotWriterOptions['features'], fps: number): void {
  const names = Object.keys(features);
  if (names.length === 0) {
    throw new PolytokError('INVALID_ARGUMENT', "A data set has at least one feature, such as 'action'.");
  }
  const reserved = names.find((name) => Object.hasOwn(FRAME_COLUMNS, name) || !/^[\w.-]+$/.test(name));
  if (reserved !== undefined) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `A feature cannot be named ${JSON.stringify(reserved)}: names have letters, digits, '.', '_' and '-', and ${Object.keys(FRAME_COLUMNS).join(', ')} are written anyway.`,
      { details: { feature: reserved } },
    );
  }
  for (const feature of Object.values(features)) {
    // Checks names, units, kind and grippers.
    createTrack({ ...pickTrackOptions(feature), values: new Float32Array(0), fps });
  }
}

function pickTrackOptions({ names, units, kind, grippers }: VectorFeature) {
  return { names, units, kind, grippers };
}

function mapValues<From, To>(
  of: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, map(value)]));
}
