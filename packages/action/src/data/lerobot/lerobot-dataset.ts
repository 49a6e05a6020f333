import { PolytokError, requireInteger, throwIfAborted } from '@polytok/common';
import { type ActionStatistics, QUANTILES, type QuantileName } from '../../normalize/action-statistics.js';
import { TrackStatistics } from '../../normalize/track-statistics.js';
import { type ActionKind, type ActionTrack, createTrack } from '../../tracks/action-track.js';
import { type ColumnSelection, columnIndices, selectColumns } from '../../tracks/select-columns.js';
import { type DatasetFiles, missingFile } from '../dataset-files.js';
import { inFile } from '../in-file.js';
import { type EpisodeEntry, readEpisodeIndex } from './episode-index.js';
import { type FrameColumn, FrameReader } from './frame-reader.js';
import { INFO_PATH } from './layout.js';
import { type LeRobotFeature, type LeRobotInfo, readInfo } from './lerobot-info.js';
import { readStoredStatistics } from './stored-statistics.js';

export interface EpisodeOptions {
  /** Default: 'action'. */
  readonly feature?: string;
  /** Columns of the feature, and of the state, by name or number. Default: all. */
  readonly columns?: ColumnSelection;
  /** The feature with the measured state, such as `observation.state`. Default: none. */
  readonly state?: string;
  /** Columns of the state. Default: those of the feature. */
  readonly stateColumns?: ColumnSelection;
  /** Indices of the episodes to read. Default: all. */
  readonly episodes?: readonly number[];
  /** What the numbers mean. Default: what the data set says, or 'absolute'. */
  readonly kind?: ActionKind;
  /** Grippers among all columns of the feature, by name or number. Default: what the data set says, or none. */
  readonly grippers?: ColumnSelection;
  readonly signal?: AbortSignal;
}

export interface LeRobotEpisode {
  readonly index: number;
  /** What the robot was told, in words. */
  readonly tasks: readonly string[];
  readonly track: ActionTrack;
  /** Where `EpisodeOptions.state` asks for it. */
  readonly state?: ActionTrack;
}

export interface StatisticsOptions {
  /**
   * Whether to compute from the data, where `missing` means that the data set has no statistics of the feature, or none
   * with quantiles. Default: 'missing'.
   */
  readonly compute?: 'never' | 'missing' | 'always';
  readonly signal?: AbortSignal;
}

/** A data set in LeRobot's format v3.0, v2.1 or v2.0. */
export class LeRobotDataset {
  readonly info: LeRobotInfo;
  /** By index. */
  readonly episodes: readonly EpisodeEntry[];
  readonly #files: DatasetFiles;
  /** Frames of each data file, by path. */
  readonly #framesIn: ReadonlyMap<string, number>;

  private constructor(files: DatasetFiles, info: LeRobotInfo, episodes: readonly EpisodeEntry[]) {
    this.#files = files;
    this.info = info;
    this.episodes = episodes;
    // The last episode of a file ends where the file does.
    this.#framesIn = new Map(episodes.map(({ path, row, frames }) => [path, row + frames]));
  }

  /**
   * Reads what the data set says of itself; no frames yet.
   * @throws PolytokError `IO`, `INVALID_FORMAT`, `UNSUPPORTED`, `LIMIT_EXCEEDED`, naming the file
   */
  static async open(files: DatasetFiles): Promise<LeRobotDataset> {
    const info = await readInfo(files);
    return new LeRobotDataset(files, info, await readEpisodeIndex(files, info));
  }

  /**
   * The episodes, file by file, by index within a file. One episode and one row group are in memory.
   * @throws PolytokError `UNKNOWN_NAME` for a feature or column that is not there; `INVALID_ARGUMENT` for episodes that are
   * not; `INVALID_FORMAT` where data and index contradict each other or numbers are not finite; `IO`, `UNSUPPORTED`,
   * `LIMIT_EXCEEDED`, `ABORTED`. Files are named in the message and in `details.file`.
   */
  async *tracks(options: EpisodeOptions = {}): AsyncGenerator<LeRobotEpisode, void> {
    const { feature = 'action', state, episodes, signal } = options;
    const features = [this.#vector(feature), ...(state === undefined ? [] : [this.#vector(state)])];
    const columns = features.map(({ name, width }) => ({ name, width }));
    for (const [path, entries] of byFile(this.#chosen(episodes))) {
      throwIfAborted(signal, 'Reading a data set');
      yield* this.#tracksOf(path, entries, columns, options);
    }
  }

  /**
   * Statistics of a feature: those of the data set, or computed from it.
   * @throws PolytokError `UNAVAILABLE` where they may not be computed; `INVALID_ARGUMENT` for a data set without frames;
   * and what `tracks` throws
   */
  async statistics(feature = 'action', options: StatisticsOptions = {}): Promise<ActionStatistics> {
    const { compute = 'missing', signal } = options;
    const { width } = this.#vector(feature);
    const stored =
      compute === 'always' ? undefined : await readStoredStatistics(this.#files, this.info, feature);
    if (stored && stored.min.length !== width) {
      throw new PolytokError(
        'INVALID_FORMAT',
        `The stored statistics of '${feature}' have ${stored.min.length} columns, the feature has ${width}. Compute them: compute: 'always'.`,
        { details: { feature, actual: stored.min.length, expected: width } },
      );
    }
    const complete = stored && Object.keys(QUANTILES).every((name) => stored[name as QuantileName]);
    if (stored && (complete || compute === 'never')) return stored;
    if (compute === 'never') {
      throw new PolytokError(
        'UNAVAILABLE',
        `The data set stores no statistics of '${feature}'. Let them be computed: compute: 'missing'.`,
        { details: { feature } },
      );
    }
    const statistics = new TrackStatistics({ columns: width });
    for await (const { track } of this.tracks({ feature, signal })) statistics.add(track.values);
    return statistics.result();
  }

  async *#tracksOf(
    path: string,
    entries: readonly EpisodeEntry[],
    columns: readonly FrameColumn[],
    options: EpisodeOptions,
  ): AsyncGenerator<LeRobotEpisode, void> {
    const file = await this.#files.open(path);
    if (!file) {
      // Episodes without frames may be without a file.
      if (this.#framesIn.get(path) !== 0) throw missingFile(path);
      const none = columns.map(() => new Float32Array(0));
      for (const entry of entries) yield this.#episode(entry, none, options);
      return;
    }
    try {
      const withIndex = [{ name: 'episode_index', width: 1 }, ...columns];
      const reader = await inFile(path, () => FrameReader.open(file, withIndex));
      checkRows(path, reader.rows, this.#framesIn.get(path) ?? 0);
      for (const entry of entries) {
        throwIfAborted(options.signal, 'Reading a data set');
        yield await inFile(path, async () => {
          const [indices, ...values] = await reader.read(entry.row, entry.row + entry.frames);
          checkIndices(indices, entry);
          return this.#episode(entry, values, options);
        });
      }
    } finally {
      await file.close?.();
    }
  }

  #episode(
    { index, tasks }: EpisodeEntry,
    [values, stateValues]: readonly (Float32Array | Float64Array)[],
    options: EpisodeOptions,
  ): LeRobotEpisode {
    const { feature = 'action', columns, state, stateColumns = columns, kind, grippers } = options;
    const track = this.#track(index, feature, values, { kind, grippers, columns });
    if (state === undefined) return { index, tasks, track };
    return { index, tasks, track, state: this.#track(index, state, stateValues, { columns: stateColumns }) };
  }

  #track(
    episode: number,
    name: string,
    values: Float32Array | Float64Array,
    { kind, grippers, columns }: Pick<EpisodeOptions, 'kind' | 'grippers' | 'columns'>,
  ): ActionTrack {
    const { width, feature } = this.#vector(name);
    try {
      const blank = createTrack({
        values: new Float32Array(0),
        fps: this.info.fps,
        columns: width,
        names: feature.names,
        units: feature.units,
        kind: kind ?? feature.kind,
      });
      const track = createTrack({
        ...blank,
        values,
        grippers: grippers === undefined ? feature.grippers : columnIndices(grippers, blank.names),
      });
      return columns === undefined ? track : selectColumns(track, columns);
    } catch (error) {
      throw inEpisode(error, episode, name);
    }
  }

  /** A feature with a list of numbers for each frame. */
  #vector(name: string): { readonly name: string; readonly width: number; readonly feature: LeRobotFeature } {
    const { features } = this.info;
    const feature = Object.hasOwn(features, name) ? features[name] : undefined;
    if (!feature) {
      throw new PolytokError(
        'UNKNOWN_NAME',
        `The data set has no feature '${name}'; it has ${Object.keys(features).join(', ')}.`,
        { details: { feature: name, available: Object.keys(features) } },
      );
    }
    const { dtype, shape } = feature;
    if (shape.length === 1 && shape[0] > 0 && /^(float|u?int)\d+$/.test(dtype))
      return { name, width: shape[0], feature };
    throw new PolytokError(
      'UNSUPPORTED',
      `Feature '${name}' is ${dtype} of shape [${shape.join(', ')}]. Lists of numbers are read, such as float32 of shape [7].`,
      { details: { feature: name, dtype, shape } },
    );
  }

  #chosen(indices: readonly number[] | undefined): readonly EpisodeEntry[] {
    if (!indices) return this.episodes;
    for (const index of indices) {
      requireInteger(index, 'episodes', { minimum: 0, maximum: this.episodes.length - 1 });
    }
    return [...new Set(indices)].sort((a, b) => a - b).map((index) => this.episodes[index]);
  }
}

/** Episodes that share a file and follow each other. */
function byFile(entries: readonly EpisodeEntry[]): Map<string, EpisodeEntry[]> {
  const files = new Map<string, EpisodeEntry[]>();
  for (const entry of entries) {
    const same = files.get(entry.path);
    if (same) same.push(entry);
    else files.set(entry.path, [entry]);
  }
  return files;
}

function checkRows(path: string, rows: number, expected: number): void {
  if (rows === expected) return;
  throw new PolytokError(
    'INVALID_FORMAT',
    `${path}: it has ${rows} frames; the index of episodes says ${expected}. Is it complete?`,
    { details: { file: path, actual: rows, expected } },
  );
}

function checkIndices(indices: ArrayLike<number>, { index, row }: EpisodeEntry): void {
  for (let at = 0; at < indices.length; at++) {
    if (indices[at] === index) continue;
    throw new PolytokError(
      'INVALID_FORMAT',
      `Row ${row + at} is of episode ${indices[at]}; the index of episodes says ${index}. Is ${INFO_PATH} of the same data set?`,
      { details: { row: row + at, actual: indices[at], expected: index } },
    );
  }
}

/** What a track refuses is the file's fault here, not the caller's; what the caller names stays theirs. */
function inEpisode(error: unknown, episode: number, feature: string): unknown {
  if (!(error instanceof PolytokError) || error.details.step === undefined) return error;
  return new PolytokError('INVALID_FORMAT', `Episode ${episode}, ${feature}: ${error.message}`, {
    details: { ...error.details, episode, feature },
    cause: error,
  });
}
