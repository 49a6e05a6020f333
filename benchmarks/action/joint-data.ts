import { existsSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { LeRobotWriter } from '@polytok/action/data';
import { createDatasetFolder } from '@polytok/action/node';
import { seededRandom } from '../../packages/common/src/random.js';
import { CACHE } from './paths.js';

export const COLUMNS = 14;
const EPISODE_FRAMES = 500;
const GRIPPERS = [6, 13];
const names = Array.from({ length: COLUMNS }, (_, column) => `joint_${column}`);

/**
 * A LeRobot folder of smooth random motions of two arms at 50 Hz, 500 frames an episode; made once.
 * @returns its path
 */
export async function jointData(frames: number): Promise<string> {
  const folder = path.join(CACHE, `joints-${frames}`);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  const writer = new LeRobotWriter(await createDatasetFolder(partial), {
    fps: 50,
    features: { action: { names, grippers: GRIPPERS }, 'observation.state': { names, grippers: GRIPPERS } },
  });
  const random = seededRandom(1);
  for (let left = frames; left > 0; left -= EPISODE_FRAMES) {
    const length = Math.min(left, EPISODE_FRAMES);
    const action = motion(length, random);
    const state = action.map((value, at) =>
      at < COLUMNS ? value : 0.8 * value + 0.2 * action[at - COLUMNS],
    );
    await writer.addEpisode({ task: 'move about', values: { action, 'observation.state': state } });
  }
  await writer.finish();
  renameSync(partial, folder);
  return folder;
}

/** Three sines a joint; a gripper opens and closes. */
function motion(frames: number, random: () => number): Float32Array {
  const uniform = () => random() / 2 ** 32;
  const values = new Float32Array(frames * COLUMNS);
  for (let column = 0; column < COLUMNS; column++) {
    const waves = Array.from({ length: 3 }, () => [uniform(), 0.02 + 0.06 * uniform(), 6.3 * uniform()]);
    for (let frame = 0; frame < frames; frame++) {
      let value = 0;
      for (const [height, rate, phase] of waves) value += height * Math.sin(rate * frame + phase);
      values[frame * COLUMNS + column] = GRIPPERS.includes(column) ? Number(value > 0) : value;
    }
  }
  return values;
}
