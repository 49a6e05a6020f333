import { BeastTokenizer, fitBeastBounds } from '@polytok/action';
import { createReplay, loadMujoco, ROBOTS, type Robot, TASKS } from '@polytok/action/replay';
import type { DecodeChunk } from '../robot/chunk-player.js';
import { planChunks } from '../robot/plan-chunks.js';
import { readEpisodes } from '../robot/read-episodes.js';
import type { DemoEpisode } from './measure-actions.js';
import type { DemoRobot } from './run-action-demo.js';

/** A chunk of 0.4 s, as BEAST has it. */
const STEPS = 20;
const PLANS_PER_TASK = 40;

/** The simulated robots, the sample episodes of each, and tokenizers that have not seen these. */
export async function demoRobots(): Promise<DemoRobot[]> {
  const mujoco = await loadMujoco();
  const replays = new Map(TASKS.map((task) => [task, createReplay({ mujoco, task })]));
  return Promise.all(
    ROBOTS.map(async (robot) => {
      const samples = await readEpisodes(robot);
      const episodes = samples.map(
        (sample): DemoEpisode => ({ ...sample, replay: replays.get(sample.task)! }),
      );
      return { robot, episodes, tokenizers: tokenizersFor(robot) };
    }),
  );
}

function tokenizersFor(robot: Robot): DemoRobot['tokenizers'] {
  const chunks = TASKS.filter((task) => task.robot === robot).flatMap((task) =>
    planChunks(task, PLANS_PER_TASK, { steps: STEPS, stride: STEPS - 1, padding: 'repeat-last' }),
  );
  const beast = (points: number) => {
    const sizes = { steps: STEPS, columns: robot.columns.length, points, grippers: robot.grippers };
    const { bounds } = fitBeastBounds(chunks, { ...sizes, margin: 0.05 });
    return new BeastTokenizer({ ...sizes, bounds });
  };
  const joined = (tokenizer: BeastTokenizer): DecodeChunk => {
    return (ids, chunk, last) => tokenizer.decodeInto(ids, chunk, { start: last });
  };
  const [five, ten] = [beast(5), beast(10)];
  return [
    { name: 'BEAST, 10 points', tokenizer: ten },
    { name: 'BEAST, 10 points, joined', tokenizer: ten, decode: joined(ten) },
    { name: 'BEAST, 5 points, joined', tokenizer: five, decode: joined(five) },
  ];
}
