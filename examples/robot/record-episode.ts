import type { ActionTrack } from '@polytok/action';
import type { EpisodeStart, Replay, Task, Verdict } from '@polytok/action/replay';
import { planEpisode } from './expert.js';

/** What a robot was told, where it was, and what was around it, step by step. */
export interface RecordedEpisode {
  readonly task: Task;
  readonly start: EpisodeStart;
  /** The commands. */
  readonly actions: ActionTrack;
  /** `(steps, columns)`: measured before each command. */
  readonly states: Float32Array;
  /** `(steps, environment)`: boxes and goals, before each command. */
  readonly environments: Float32Array;
  readonly verdict: Verdict;
}

/** Lets the expert of the replay's task do it. The same number gives the same episode. */
export function recordEpisode(replay: Replay, number: number): RecordedEpisode {
  const { task } = replay;
  const { columns, environment } = task.robot;
  const { start, actions } = planEpisode(task, number);
  const states = new Float32Array(actions.values.length);
  const environments = new Float32Array(actions.steps * environment.length);
  const verdict = replay.run(start, actions.values, (step, simulation) => {
    simulation.readState(states, step * columns.length);
    simulation.readEnvironment(environments, step * environment.length);
  });
  return { task, start, actions, states, environments, verdict };
}
