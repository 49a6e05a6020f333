import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActionTrack } from '@polytok/action';
import { type EpisodeOptions, LeRobotDataset } from '@polytok/action/data';
import { openDatasetFolder } from '@polytok/action/node';
import { PolytokError } from '@polytok/common';
import { type InputFailure, toInputFailure } from '@polytok/common/node';
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
): Promise<{ sources: TrackSource[]; failures: InputFailure[] }> {
  if (inputs.length === 0) throw usageError('An input is missing; name LeRobot folders.');
  const sources: TrackSource[] = [];
  const failures: InputFailure[] = [];
  for (const input of inputs) {
    try {
      sources.push(await openTrackSource(input));
    } catch (error) {
      failures.push(toInputFailure(input, error));
    }
  }
  reporter.failures(failures);
  if (sources.length === 0) throw new PolytokError('IO', 'No input could be opened; nothing was done.');
  return { sources, failures };
}

async function openTrackSource(input: string): Promise<TrackSource> {
  if (await isFolder(input)) return openDataset(input);
  await stat(input).catch((cause: unknown) => {
    throw new PolytokError('IO', `'${input}' does not exist, or cannot be read.`, {
      cause,
      details: { path: input },
    });
  });
  throw new PolytokError(
    'UNSUPPORTED',
    `'${input}' is no LeRobot folder: actions are read from folders with a ${join('meta', 'info.json')}.`,
    { details: { path: input } },
  );
}

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
