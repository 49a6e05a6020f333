/**
 * A simulated arm picks up a block by decoded BEAST tokens, at 50 Hz, with and without joins between chunks.
 *
 *     npx tsx --conditions=@polytok/source examples/robot-control-loop.ts
 */
import { BeastTokenizer, chunksOf, fitBeastBounds } from '@polytok/action';
import { findTask, loadMujoco, Simulation } from '@polytok/action/replay';
import { ChunkPlayer } from './robot/chunk-player.js';
import { planEpisode } from './robot/expert.js';
import { reportLoop } from './robot/report-loop.js';
import { Tracking } from './robot/tracking.js';

const task = findTask('polytok_arm_7dof', 'pick-and-place');
const { columns, grippers } = task.robot;
const sizes = { steps: 20, columns: columns.length, points: 10, grippers };
const chunking = { steps: 20, stride: 19, padding: 'repeat-last' } as const; // chunks share their border step

// Bounds from 100 plans; the one that is played is none of them.
const plans = Array.from({ length: 100 }, (_, number) => planEpisode(task, number + 1).actions);
const chunks = plans.flatMap((plan) => [...chunksOf(plan, chunking)]);
const { bounds } = fitBeastBounds(chunks, { ...sizes, margin: 0.05 });
const tokenizer = new BeastTokenizer({ ...sizes, bounds });

const simulation = new Simulation(await loadMujoco(), task.robot);
const { start, actions } = planEpisode(task, 0);
for (const join of ['none', 'overwrite'] as const) {
  const policy = chunksOf(actions, chunking); // stands for a model that writes the tokens of each chunk
  const player = new ChunkPlayer(tokenizer, { join, policy });
  simulation.reset(start);
  const judge = task.judge(simulation);
  const tracking = new Tracking(actions);
  for (let step = 0; step < actions.steps; step++) {
    simulation.step(player.next());
    judge.observe?.();
    tracking.observe(simulation);
  }
  console.log(reportLoop(join, { player, tracking, verdict: judge.verdict() }));
}
simulation.dispose();
