import { PolytokError, requireChoice, requireInteger, requirePositive } from '@polytok/common';
import { clampedKnots } from '../spline/knots.js';

/** Most steps of a chunk and most columns of an action: far beyond published robots (50 steps, 32 columns). */
export const MAX_STEPS = 4096;
export const MAX_COLUMNS = 1024;
/** Most levels of a token: ids are 16 bits wide. */
export const MAX_LEVELS = 1 << 16;

/** The sizes that a BEAST tokenizer has before it is fitted. */
export interface BeastOptions {
  /** T: steps of a chunk, at least 1. */
  readonly steps: number;
  /** D: numbers per step. */
  readonly columns: number;
  /** N: control points of each column, more than `degree`. Default: 10. */
  readonly points?: number;
  /** Degree of the joints' curves. Default: 4. */
  readonly degree?: number;
  /**
   * Where the pieces of the joints' curves meet: points − degree − 1 phases between 0 and 1, ascending, for a degree above 0.
   * Default: equally spaced, as in the paper. See `fitBeastKnots`.
   */
  readonly innerKnots?: readonly number[];
  /** V: values of a token, from 2 to 65536. Default: 256. */
  readonly levels?: number;
  /** Columns that are grippers: curves of degree 0, steps instead of bends. In any place. Default: none. */
  readonly grippers?: readonly number[];
  /** Seconds from the first step of a chunk to its last. Velocities are per second of it. Default: 1. */
  readonly duration?: number;
  /** λ of the fit, above 0. Default: 1e-9. */
  readonly ridge?: number;
  /**
   * What happens to control points out of bounds: `clip` moves them to the bound, as the paper does; `bounded` solves the
   * fit again within the bounds, which costs some 100 µs for a chunk that needs it. Default: 'clip'.
   */
  readonly outside?: 'clip' | 'bounded';
}

/**
 * How a chunk starts, where it is known: the chunk before, or the robot, is there already. Only for absolute targets.
 * Joints start exactly there; grippers are steps and take no part.
 */
export interface BeastJoin {
  /** `(columns)`: the action at the first step of the chunk. Nothing jumps (C0). Default: where the tokens say. */
  readonly start?: ArrayLike<number>;
  /** `(columns)`: per second, with `start`. No velocity jumps either (C1). Default: what the tokens say. */
  readonly velocity?: ArrayLike<number>;
}

/** The released configurations (beast_calvin): seven columns, the last one a gripper. */
export const BEAST_PRESETS = {
  calvin: { steps: 20, columns: 7, points: 10, degree: 4, grippers: [6] },
  libero: { steps: 10, columns: 7, points: 5, degree: 4, grippers: [6] },
} as const satisfies Record<string, BeastOptions>;

export type CompleteBeastOptions = Required<Omit<BeastOptions, 'innerKnots'>> &
  Pick<BeastOptions, 'innerKnots'>;

/** The options with their defaults. @throws PolytokError `INVALID_ARGUMENT` naming the option */
export function completeBeastOptions(options: BeastOptions): CompleteBeastOptions {
  const { points = 10, degree = 4, levels = 256, grippers = [], duration = 1, ridge = 1e-9 } = options;
  const { steps, columns, outside = 'clip', innerKnots } = options;
  requireInteger(steps, 'steps', { minimum: 1, maximum: MAX_STEPS });
  requireInteger(columns, 'columns', { minimum: 1, maximum: MAX_COLUMNS });
  requireInteger(levels, 'levels', { minimum: 2, maximum: MAX_LEVELS });
  for (const column of grippers) requireInteger(column, 'grippers', { minimum: 0, maximum: columns - 1 });
  if (new Set(grippers).size !== grippers.length) {
    throw invalid('grippers', grippers, 'must name each column once');
  }
  requirePositive(duration, 'duration');
  requirePositive(ridge, 'ridge');
  requireChoice(outside, 'outside', ['clip', 'bounded']);
  requireSamples(steps, points);
  const complete = {
    steps,
    columns,
    points,
    degree,
    levels,
    grippers: [...grippers],
    duration,
    ridge,
    outside,
  };
  if (innerKnots === undefined) return complete;
  if (degree === 0) throw invalid('innerKnots', innerKnots, 'are for curves of a degree above 0');
  clampedKnots({ points, degree, innerKnots });
  return { ...complete, innerKnots: [...innerKnots] };
}

/** With fewer samples than control points some of them would be invented: a ridge pulls them to 0. */
function requireSamples(steps: number, points: number): void {
  if (steps >= points) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `${steps} steps do not determine ${points} control points. Use at most ${steps} points, or longer chunks.`,
    { details: { steps, points } },
  );
}

function invalid(name: string, value: unknown, expected: string): PolytokError {
  return new PolytokError('INVALID_ARGUMENT', `'${name}' ${expected}; got ${JSON.stringify(value)}.`, {
    details: { name, value },
  });
}
