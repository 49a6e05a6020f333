import { PolytokError, requirePositive } from '@polytok/common';
import type { ActionChunk } from '../../contract.js';
import type { ActionStatistics } from '../../normalize/action-statistics.js';
import { TrackStatistics } from '../../normalize/track-statistics.js';
import { createTrack } from '../../tracks/action-track.js';
import { type DatasetSink, writeDatasetFile } from '../dataset-files.js';
import { EpisodeTable } from './episode-table.js';
import { type Frames, FrameTable } from './frame-table.js';
import {
  CHUNK_SIZE,
  DATA_FILE_MEGABYTES,
  DATA_TEMPLATE,
  FRAME_COLUMNS,
  INFO_PATH,
  STATS_PATH,
  VIDEO_FILE_MEGABYTES,
} from './layout.js';
import { statisticsToStored } from './stored-statistics.js';
import { writeTaskTable } from './task-table.js';
import { checkFeatures, featureInfo, type VectorFeature } from './vector-feature.js';

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
    checkFeatures(features);
    requirePositive(fps, 'fps');
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
      await writeTaskTable(this.#sink, this.#tasks);
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

function mapValues<From, To>(
  of: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, map(value)]));
}
