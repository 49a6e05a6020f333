import { type EpisodeStart, GRIPPER_OPEN, type Robot } from './index.js';

/** All joints at 0, grippers open, boxes in a row at the edge of the table, goals at `goal`. */
export function restingStart(
  { columns, grippers, objects, goals, environment }: Robot,
  goal: readonly number[] = [0, 0, 0],
): EpisodeStart {
  const state = Float64Array.from(columns, (_, k) => (grippers.includes(k) ? GRIPPER_OPEN : 0));
  const around = Float64Array.from({ length: environment.length });
  objects.forEach(({ half }, index) => {
    around.set([0.3 * index, 0.6, half[2], 1, 0, 0, 0], index * 7);
  });
  for (let k = 0; k < goals; k++) around.set(goal, objects.length * 7 + k * 3);
  return { state, environment: around };
}
