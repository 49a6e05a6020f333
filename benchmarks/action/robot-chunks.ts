import { fileURLToPath } from 'node:url';
import { chunksOf, Normalizer } from '@polytok/action';
import { LeRobotDataset } from '@polytok/action/data';
import { openDatasetFolder } from '@polytok/action/node';

export interface RobotChunksOptions {
  /** Which of the two in `examples/data/robot-episodes`: 7 columns, the last one a gripper, or twice that. */
  readonly robot: 'arm_7dof' | 'bimanual_14dof';
  readonly steps: number;
  /** Steps from one chunk to the next. */
  readonly stride: number;
}

/** Chunks of what simulated robots did (MuJoCo, 50 Hz), each `(steps, columns)`, columns normalised to −1 … 1. */
export async function robotChunks({ robot, steps, stride }: RobotChunksOptions): Promise<Float64Array[]> {
  const folder = new URL(`../../examples/data/robot-episodes/polytok_${robot}`, import.meta.url);
  const dataset = await LeRobotDataset.open(openDatasetFolder(fileURLToPath(folder)));
  const normalizer = new Normalizer({ mode: 'MIN_MAX', statistics: await dataset.statistics() });
  const chunks: Float64Array[] = [];
  for await (const { track } of dataset.tracks()) {
    normalizer.apply(track.values);
    for (const chunk of chunksOf(track, { steps, stride })) chunks.push(Float64Array.from(chunk));
  }
  return chunks;
}
