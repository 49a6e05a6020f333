import { join } from 'node:path';
import { LeRobotWriter } from '@polytok/action/data';
import { createDatasetFolder } from '@polytok/action/node';
import { CONTROL_RATE, createReplay, type MujocoLike, type Robot, TASKS } from '@polytok/action/replay';
import { type RecordedEpisode, recordEpisode } from './record-episode.js';

export interface WriteEpisodesOptions {
  readonly mujoco: MujocoLike;
  /** The data set becomes a new folder in this one, named after the robot. */
  readonly out: string;
  /** Episodes of each task, at most 100. */
  readonly episodes: number;
}

/** Records experts of a robot and writes them in LeRobot's format v3.0. Complete when the last episode has been taken. */
export async function* writeEpisodes(
  robot: Robot,
  { mujoco, out, episodes }: WriteEpisodesOptions,
): AsyncGenerator<RecordedEpisode> {
  const writer = new LeRobotWriter(await createDatasetFolder(join(out, robot.name)), {
    fps: CONTROL_RATE,
    robotType: robot.name,
    features: {
      action: { ...columnsOf(robot), kind: 'absolute' },
      'observation.state': columnsOf(robot),
      'observation.environment_state': { names: robot.environment },
      outcome: { names: ['success', 'error'] },
    },
  });
  for (const task of TASKS.filter((one) => one.robot === robot)) {
    const replay = createReplay({ mujoco, task });
    for (let number = 0; number < episodes; number++) {
      const episode = recordEpisode(replay, number);
      await writer.addEpisode({ task: task.instruction, values: valuesOf(episode) });
      yield episode;
    }
    replay.dispose();
  }
  await writer.finish();
}

function columnsOf({ columns: names, units, grippers }: Robot) {
  return { names, units, grippers };
}

function valuesOf({ actions, states, environments, verdict }: RecordedEpisode) {
  const outcome = [Number(verdict.success), Math.max(...Object.values(verdict.errors))];
  return {
    action: actions.values,
    'observation.state': states,
    'observation.environment_state': environments,
    outcome: Float32Array.from({ length: actions.steps * 2 }, (_, at) => outcome[at % 2]),
  };
}
