import type { LeRobotDataset } from '@polytok/action/data';
import {
  createReplay,
  loadMujoco,
  type Replay,
  type ReplayEpisode,
  readReplayEpisodes,
} from '@polytok/action/replay';
import type { ReplayErrors } from './card-measures.js';

/**
 * Replays decoded episodes of a data set that the simulator knows.
 * Simulators are made once per task, and freed by {@link dispose}.
 */
export class ReplayRunner {
  readonly #mujoco: Awaited<ReturnType<typeof loadMujoco>>;
  readonly #starts: readonly Pick<ReplayEpisode, 'task' | 'start'>[];
  readonly #replays = new Map<string, Replay>();
  #sums = { source: 0, decoded: 0, runs: 0 };

  private constructor(
    mujoco: Awaited<ReturnType<typeof loadMujoco>>,
    starts: readonly Pick<ReplayEpisode, 'task' | 'start'>[],
  ) {
    this.#mujoco = mujoco;
    this.#starts = starts;
  }

  /** @param episodes indices of those that are evaluated. Default: all. @throws PolytokError `UNAVAILABLE`, `UNKNOWN_NAME` */
  static async open(dataset: LeRobotDataset, episodes?: readonly number[]): Promise<ReplayRunner> {
    const mujoco = await loadMujoco();
    const starts: Pick<ReplayEpisode, 'task' | 'start'>[] = [];
    for await (const { index, task, start } of readReplayEpisodes(dataset)) {
      if (episodes === undefined || episodes.includes(index)) starts.push({ task, start });
    }
    return new ReplayRunner(mujoco, starts);
  }

  /** For `evaluateActionTokenizer`: called for the source and then for the decoded actions of each episode. */
  readonly replay = (actions: Float32Array | Float64Array, episode: number): boolean => {
    const { task, start } = this.#starts[episode];
    const key = `${task.robot.name} ${task.name}`;
    const replay = this.#replays.get(key) ?? createReplay({ mujoco: this.#mujoco, task });
    this.#replays.set(key, replay);
    const { success, errors } = replay.run(start, actions);
    const largest = Math.max(0, ...Object.values(errors));
    if (this.#sums.runs++ % 2 === 0) this.#sums.source += largest;
    else this.#sums.decoded += largest;
    return success;
  };

  /** Of the evaluation that has ended; the next one counts anew. */
  takeErrors(): ReplayErrors {
    const { source, decoded, runs } = this.#sums;
    this.#sums = { source: 0, decoded: 0, runs: 0 };
    return { source: (2 * source) / runs, decoded: (2 * decoded) / runs };
  }

  dispose(): void {
    for (const replay of this.#replays.values()) replay.dispose();
  }
}
