/**
 * A simulated arm picks up a block by decoded BEAST tokens, at 50 Hz, with and without joins between chunks.
 *
 *     npx tsx --conditions=@polytok/source examples/robot-control-loop.ts
 */
import { BEAST_PRESETS, BeastTokenizer, chunksOf, fitBeastBounds } from '@polytok/action';
import { findTask, loadMujoco, Simulation } from '@polytok/action/replay';
import { ChunkPlayer, type DecodeChunk } from './robot/chunk-player.js';
import { planEpisode } from './robot/expert.js';
import { planChunks } from './robot/plan-chunks.js';
import { reportLoop } from './robot/report-loop.js';
import { Tracking } from './robot/tracking.js';

const task = findTask('polytok_arm_7dof', 'pick-and-place');
const sizes = BEAST_PRESETS.calvin; // 20 steps of six joints and a gripper become 70 tokens
const chunking = { steps: 20, stride: 19, padding: 'repeat-last' } as const; // chunks share their border step

// Bounds from other plans than the one that is played.
const { bounds } = fitBeastBounds(planChunks(task, 100, chunking), { ...sizes, margin: 0.05 });
const tokenizer = new BeastTokenizer({ ...sizes, bounds });
const { start, actions } = planEpisode(task, 0);
const simulation = new Simulation(await loadMujoco(), task.robot);
const joins: Record<string, DecodeChunk> = {
  none: (ids, chunk) => tokenizer.decodeInto(ids, chunk),
  overwrite: (ids, chunk, last) => tokenizer.decodeInto(ids, chunk, { start: last }),
};
for (const [join, decode] of Object.entries(joins)) {
  const policy = chunksOf(actions, chunking); // stands for a model
  const player = new ChunkPlayer({ tokenizer, policy, grippers: sizes.grippers, decode });
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
