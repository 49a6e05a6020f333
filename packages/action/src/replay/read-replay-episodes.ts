import type { LeRobotDataset } from '../data/lerobot/lerobot-dataset.js';
import type { ActionTrack } from '../tracks/action-track.js';
import type { EpisodeStart } from './simulation.js';
import type { Task } from './tasks/contract.js';
import { findTask } from './tasks/find-task.js';

/** An episode of a data set, with what it takes to replay it. */
export interface ReplayEpisode {
  readonly index: number;
  readonly task: Task;
  readonly start: EpisodeStart;
  readonly actions: ActionTrack;
  /** Measured before each action. */
  readonly states: ActionTrack;
  /** Boxes and goals before each action. */
  readonly environments: ActionTrack;
}

/**
 * The episodes of a data set whose robot and tasks the simulator knows, such as those in `examples/data`. Their first frame,
 * `observation.state` and `observation.environment_state`, is the start. Episodes without frames are left out.
 * @throws PolytokError `UNKNOWN_NAME` for a robot or task that is not simulated, or a feature that is missing; and what
 * reading throws
 */
export async function* readReplayEpisodes(
  dataset: Pick<LeRobotDataset, 'info' | 'tracks'>,
): AsyncGenerator<ReplayEpisode, void> {
  const around = dataset.tracks({ feature: 'observation.environment_state' });
  try {
    for await (const { index, tasks, track, state } of dataset.tracks({ state: 'observation.state' })) {
      // Both walk over the same episodes in the same order.
      const environments = (await around.next()).value!.track;
      if (track.steps === 0) continue;
      const task = findTask(dataset.info.robotType ?? 'unknown', tasks[0]);
      const start = { state: firstRow(state!), environment: firstRow(environments) };
      yield { index, task, start, actions: track, states: state!, environments };
    }
  } finally {
    // It has not been asked for an end, and holds a file.
    await around.return();
  }
}

function firstRow({ values, columns }: ActionTrack): ArrayLike<number> {
  return values.subarray(0, columns);
}
