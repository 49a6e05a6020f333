import { BeastTokenizer, fitBeastBounds } from '@polytok/action';
import { CONTROL_RATE, createReplay, loadMujoco, ROBOTS, type Robot, TASKS } from '@polytok/action/replay';
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
    const sizes = {
      steps: STEPS,
      columns: robot.columns.length,
      points,
      grippers: robot.grippers,
      duration: (STEPS - 1) / CONTROL_RATE,
    };
    const { bounds } = fitBeastBounds(chunks, { ...sizes, margin: 0.05 });
    return new BeastTokenizer({ ...sizes, bounds });
  };
  const ten = beast(10);
  return [
    { name: 'BEAST, 10 points', tokenizer: ten, join: 'none' },
    { name: 'BEAST, 10 points, joined', tokenizer: ten, join: 'position' },
    { name: 'BEAST, 10 points, refitted', tokenizer: ten, join: 'refit' },
    { name: 'BEAST, 5 points, joined', tokenizer: beast(5), join: 'position' },
  ];
}
