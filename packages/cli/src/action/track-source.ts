import { extname } from 'node:path';
import { type ActionTrack, columnIndices, selectColumns } from '@polytok/action';
import {
  type CsvEpisode,
  type EpisodeOptions,
  LeRobotDataset,
  readCsv,
  readNpyTracks,
} from '@polytok/action/data';
import { readMcapTrack } from '@polytok/action/mcap';
import { openDatasetFolder } from '@polytok/action/node';
import { PolytokError, throwIfAborted } from '@polytok/common';
import { type InputFailure, readFileBytes, toInputFailure, withFileSource } from '@polytok/common/node';
import { isFolder } from '../file-facts.js';
import type { Reporter } from '../reporter.js';
import { usageError } from '../usage-error.js';

/** An episode, and where it comes from. */
export interface SourceTrack {
  readonly input: string;
  readonly episode: number;
  readonly track: ActionTrack;
  /** What the robot was told, in words. Default: none. */
  readonly task?: string;
}

/** Which actions of an input. */
export type TrackOptions = Pick<EpisodeOptions, 'feature' | 'columns' | 'grippers' | 'episodes' | 'signal'>;

/** Data sets and files with actions. Reading starts anew with every call of {@link tracks}. */
export interface TrackSource {
  readonly input: string;
  /** Present for data sets. */
  readonly dataset?: LeRobotDataset;
  tracks(options: TrackOptions): AsyncIterable<SourceTrack>;
}

/** Opens what the inputs name; those that cannot be opened are reported and returned. @throws PolytokError `INVALID_ARGUMENT` */
export async function openTrackSources(
  inputs: readonly string[],
  reporter: Reporter,
  fps?: number,
): Promise<{ sources: TrackSource[]; failures: InputFailure[] }> {
  if (inputs.length === 0)
    throw usageError('An input is missing; name LeRobot folders, or .csv, .npy and .mcap files.');
  const sources: TrackSource[] = [];
  const failures: InputFailure[] = [];
  for (const input of inputs) {
    try {
      sources.push(await openTrackSource(input, fps));
    } catch (error) {
      failures.push(toInputFailure(input, error));
    }
  }
  reporter.failures(failures);
  if (sources.length === 0) throw new PolytokError('IO', 'No input could be opened; nothing was done.');
  return { sources, failures };
}

async function openTrackSource(input: string, fps: number | undefined): Promise<TrackSource> {
  if (await isFolder(input)) return openDataset(input);
  const format = FILE_FORMATS[extname(input).toLowerCase()];
  if (format === undefined) {
    throw new PolytokError(
      'UNSUPPORTED',
      `'${input}' holds no actions that can be read: name LeRobot folders, or files ending in ${Object.keys(FILE_FORMATS).join(', ')}.`,
      { details: { path: input } },
    );
  }
  return {
    input,
    async *tracks({ columns, grippers, episodes, signal }) {
      throwIfAborted(signal, 'Reading actions');
      for (const { index, track } of await format(input, { fps, signal })) {
        if (episodes && !episodes.includes(index)) continue;
        // Grippers are named among all columns, of which some are then selected.
        const marked =
          grippers === undefined ? track : { ...track, grippers: columnIndices(grippers, track.names) };
        yield {
          input,
          episode: index,
          track: columns === undefined ? marked : selectColumns(marked, columns),
        };
      }
    },
  };
}

type FileFormat = (
  path: string,
  options: { readonly fps?: number; readonly signal?: AbortSignal },
) => Promise<readonly CsvEpisode[]>;

const FILE_FORMATS: Readonly<Record<string, FileFormat>> = {
  '.csv': async (path, { fps }) => readCsv(new TextDecoder().decode(await readFileBytes(path)), { fps }),
  async '.npy'(path, { fps }) {
    if (fps === undefined) throw usageError(`'${path}' does not say how fast its steps are; pass --fps.`);
    return readNpyTracks(await readFileBytes(path), { fps }).map((track, index) => ({ index, track }));
  },
  '.mcap': (path, options) =>
    withFileSource(path, async (source) => [{ index: 0, track: await readMcapTrack(source, options) }]),
};

async function openDataset(input: string): Promise<TrackSource> {
  const dataset = await LeRobotDataset.open(openDatasetFolder(input));
  return {
    input,
    dataset,
    async *tracks(options) {
      for await (const { index, track, tasks } of dataset.tracks(options)) {
        yield { input, episode: index, track, task: tasks[0] };
      }
    },
  };
}

/**
 * The tracks of all sources, one after the other. A source that fails is left, and added to `failures`.
 * @throws PolytokError `ABORTED`
 */
export async function* allTracks(
  sources: readonly TrackSource[],
  options: TrackOptions,
  failures: InputFailure[],
): AsyncGenerator<SourceTrack, void> {
  for (const source of sources) {
    try {
      yield* source.tracks(options);
    } catch (error) {
      if (error instanceof PolytokError && (error.code === 'ABORTED' || error.code === 'UNKNOWN_NAME'))
        throw error;
      if (!failures.some(({ input }) => input === source.input))
        failures.push(toInputFailure(source.input, error));
    }
  }
}
