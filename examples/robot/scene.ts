import type { EpisodeStart, Robot } from '@polytok/action/replay';
import { seededRandom } from '../../packages/common/src/random.js';
import { type HandPose, jointsOf } from './motion.js';

/** A number between two, each as likely. */
export type Draw = (low: number, high: number) => number;

export function drawFrom(seed: number): Draw {
  const next = seededRandom(seed);
  return (low, high) => low + (next() / 2 ** 32) * (high - low);
}

/** A box on the table: where its middle is, in metres, and its turn in radians. */
export interface Placement {
  readonly x: number;
  readonly y: number;
  readonly turn?: number;
}

export interface Scene {
  /** By name. Boxes that the task leaves alone stand at the edge of the table. */
  readonly boxes: Readonly<Record<string, Placement>>;
  /** `[x, y, z]` each; those that the task leaves alone are 0. */
  readonly goals: readonly (readonly number[])[];
}

/** The start of an episode, in the precision of a data set: what is stored is what was simulated. */
export function startOf(robot: Robot, hands: readonly HandPose[], { boxes, goals }: Scene): EpisodeStart {
  const poses = robot.objects.flatMap(({ name, half }, index) => {
    const { x, y, turn = 0 } = boxes[name] ?? { x: 0.3 * (index - 0.5), y: 0.7 };
    return [x, y, half[2], Math.cos(turn / 2), 0, 0, Math.sin(turn / 2)];
  });
  const environment = new Float32Array(robot.environment.length);
  environment.set(poses);
  environment.set(goals.flat(), poses.length);
  return { state: Float32Array.from(jointsOf(robot, hands)), environment };
}
