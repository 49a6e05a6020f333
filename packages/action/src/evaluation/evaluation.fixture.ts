/** Episodes of two joints and a gripper, and a tokenizer fitted to them, for tests. */
import { BeastTokenizer } from '../beast/beast-tokenizer.js';
import { fitBeastBounds } from '../beast/fit-beast-bounds.js';
import type { EvaluationEpisode } from './evaluation-options.js';

const COLUMNS = 3;
export const STEPS = 10;

/** `steps` steps at 20 Hz, from some time on. */
export function episode(steps: number, from = 0): EvaluationEpisode {
  const values = Float64Array.from({ length: steps * COLUMNS }, (_, at) => {
    const time = from + Math.floor(at / COLUMNS) / 20;
    const column = at % COLUMNS;
    return column === 2 ? Number(Math.sin(time) > 0) : Math.sin((1 + column) * time);
  });
  return { values, fps: 20, names: ['shoulder', 'elbow', 'gripper'] };
}

const sizes = { steps: STEPS, columns: COLUMNS, points: 6, degree: 3, grippers: [2] };

/** Overlapping chunks of some episode. */
export const chunks = Array.from({ length: 300 }, (_, n) => episode(STEPS, n / 20).values);

/** BEAST with bounds that clip none of the fixture's chunks. */
export const beast = new BeastTokenizer({
  ...sizes,
  bounds: fitBeastBounds(chunks, { ...sizes, margin: 0.1 }).bounds,
});
