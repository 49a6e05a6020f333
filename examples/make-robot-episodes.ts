/**
 * Lets scripted experts work on two simulated robots, and writes what they did as LeRobot data sets: 270 episodes in 20 s.
 *
 *     npx tsx --conditions=@polytok/source examples/make-robot-episodes.ts [FOLDER] [EPISODES PER TASK]
 */
import { loadMujoco, ROBOTS } from '@polytok/action/replay';
import { writeEpisodes } from './robot/write-episodes.js';

const [out = '.cache/robot-episodes', episodes = '30'] = process.argv.slice(2);
const mujoco = await loadMujoco();

for (const robot of ROBOTS) {
  let written = 0;
  let frames = 0;
  let successes = 0;
  for await (const { actions, verdict } of writeEpisodes(robot, {
    mujoco,
    out,
    episodes: Number(episodes),
  })) {
    written++;
    frames += actions.steps;
    successes += Number(verdict.success);
  }
  console.log(`${robot.name}: ${written} episodes, ${frames} frames, ${successes} successful`);
}
