/**
 * A simulated arm picks up a block by decoded BEAST tokens, at 50 Hz, with different joins between chunks.
 *
 *     npx tsx --conditions=@polytok/source examples/robot-control-loop.ts
 */
import { BEAST_PRESETS, BeastTokenizer, ChunkPlayer, chunksOf, fitBeastBounds } from '@polytok/action';
import { findTask, loadMujoco, Simulation } from '@polytok/action/replay';
import { planEpisode } from './robot/expert.js';
import { LoopLog } from './robot/loop-log.js';
import { planChunks } from './robot/plan-chunks.js';

const task = findTask('polytok_arm_7dof', 'pick-and-place');
const sizes = { ...BEAST_PRESETS.calvin, duration: 19 / 50 }; // 20 steps of six joints and a gripper: 70 tokens
const training = planChunks(task, 100, { steps: sizes.steps, stride: 5 }); // of other plans than the one below
const { bounds } = fitBeastBounds(training, { ...sizes, margin: 0.05 });
const tokenizer = new BeastTokenizer({ ...sizes, bounds });

const { start, actions } = planEpisode(task, 0);
const simulation = new Simulation(await loadMujoco(), task.robot);
const command = new Float64Array(sizes.columns);
for (const join of ['none', 'position', 'refit'] as const) {
  const player = new ChunkPlayer({ tokenizer, join });
  const stride = sizes.steps - player.past; // a chunk begins with what was sent before
  const policy = chunksOf(actions, { steps: sizes.steps, stride, padding: 'repeat-last' }); // stands for a model
  const log = new LoopLog(actions);
  simulation.reset(start);
  const judge = task.judge(simulation);
  for (let step = 0; step < actions.steps; step++) {
    if (player.remaining === 0) {
      const { ids } = log.time('encode', () => tokenizer.encodeSync(policy.next().value!));
      log.time('decode', () => player.push(ids));
      if (step > 0) log.seams.push(player.seam);
    }
    player.step(command);
    simulation.step(command);
    judge.observe?.();
    log.observe(simulation);
  }
  console.log(`${join}: ${log.report(judge.verdict())}`);
}
