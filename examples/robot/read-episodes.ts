import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTrack } from '@polytok/action';
import { CONTROL_RATE, findTask, type Robot, type Task } from '@polytok/action/replay';
import { parquetReadObjects } from 'hyparquet';
import type { Plan } from './expert.js';

/** An episode of a data set that `writeEpisodes` wrote. */
export interface StoredEpisode extends Plan {
  readonly task: Task;
  /** `(steps, columns)` */
  readonly states: Float32Array;
  /** `(steps, environment)` */
  readonly environments: Float32Array;
  readonly success: boolean;
}

interface Frame {
  readonly action: number[];
  readonly 'observation.state': number[];
  readonly 'observation.environment_state': number[];
  readonly outcome: number[];
  readonly episode_index: bigint;
  readonly task_index: bigint;
}

/** The samples that are checked in. */
export const SAMPLES = join(import.meta.dirname, '../data/robot-episodes');

/** All episodes of a robot, in order. @param folder that has the robot's own in it */
export async function readEpisodes(robot: Robot, folder = SAMPLES): Promise<StoredEpisode[]> {
  const root = join(folder, robot.name);
  const tasks = await readRows<{ task: string }>(join(root, 'meta/tasks.parquet'));
  const episodes: Frame[][] = [];
  for (const frame of await readRows<Frame>(join(root, 'data/chunk-000/file-000.parquet'))) {
    (episodes[Number(frame.episode_index)] ??= []).push(frame);
  }
  return episodes.map((frames) => {
    const [first] = frames;
    const { columns: names, units, grippers } = robot;
    const values = Float32Array.from(frames.flatMap(({ action }) => action));
    return {
      task: findTask(robot.name, tasks[Number(first.task_index)].task),
      start: { state: first['observation.state'], environment: first['observation.environment_state'] },
      actions: createTrack({ values, fps: CONTROL_RATE, names, units, grippers }),
      states: Float32Array.from(frames.flatMap((frame) => frame['observation.state'])),
      environments: Float32Array.from(frames.flatMap((frame) => frame['observation.environment_state'])),
      success: first.outcome[0] === 1,
    };
  });
}

async function readRows<Row>(path: string): Promise<Row[]> {
  const bytes = await readFile(path);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  return (await parquetReadObjects({ file })) as Row[];
}
