import { PolytokError, requireChoice, requireInteger, requirePositive } from '@polytok/common';
import { requireFinite } from '../check-chunk.js';
import type { ActionChunk } from '../contract.js';

/**
 * What the numbers of an action mean.
 * - `absolute`: targets, such as joint positions.
 * - `relative`: targets minus the state at the start of their chunk.
 * - `delta`: each target minus the one before it.
 *
 * Grippers are absolute in every kind.
 */
export type ActionKind = 'absolute' | 'relative' | 'delta';

export const ACTION_KINDS = ['absolute', 'relative', 'delta'] as const satisfies readonly ActionKind[];

/** The actions of one episode, or of any stretch of time, evenly sampled. */
export interface ActionTrack {
  /** `(steps, columns)`, row-major, finite. */
  readonly values: ActionChunk;
  /** 0 for an empty episode. */
  readonly steps: number;
  /** Numbers per step. */
  readonly columns: number;
  /** `(columns)`, each once. */
  readonly names: readonly string[];
  /** `(columns)`, such as `rad` or `m`. Undefined where nobody said. */
  readonly units?: readonly string[];
  /** Steps per second. */
  readonly fps: number;
  readonly kind: ActionKind;
  /** Columns that are grippers, in any order. */
  readonly grippers: readonly number[];
}

export interface TrackOptions {
  /** `(steps, columns)`, row-major. Kept, not copied. */
  readonly values: ActionChunk;
  /** Steps per second, above 0. */
  readonly fps: number;
  /** Numbers per step. Default: as many as `names`. */
  readonly columns?: number;
  /** `(columns)`. Default: `column_0`, `column_1`, … */
  readonly names?: readonly string[];
  /** `(columns)`. Default: unknown. */
  readonly units?: readonly string[];
  /** Default: 'absolute'. */
  readonly kind?: ActionKind;
  /** Default: none. */
  readonly grippers?: readonly number[];
}

/**
 * A track whose parts fit each other.
 * @throws PolytokError `INVALID_ARGUMENT` for sizes that contradict each other, a name that occurs twice, a gripper that
 * is no column, or a number that is not finite, naming it
 */
export function createTrack(options: TrackOptions): ActionTrack {
  const { values, fps, units, kind = 'absolute', grippers = [] } = options;
  const columns = options.columns ?? options.names?.length ?? 0;
  requireInteger(columns, 'columns', { minimum: 1 });
  requirePositive(fps, 'fps');
  requireChoice(kind, 'kind', ACTION_KINDS);
  const names = options.names ?? Array.from({ length: columns }, (_, column) => `column_${column}`);
  requireOnePerColumn(names, 'names', columns);
  if (units) requireOnePerColumn(units, 'units', columns);
  requireEachOnce(names, 'names');
  requireEachOnce(grippers, 'grippers');
  for (const gripper of grippers) {
    requireInteger(gripper, 'grippers', { minimum: 0, maximum: columns - 1 });
  }
  if (values.length % columns !== 0) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `${values.length} values are no whole number of steps of ${columns} columns. Cut the last step, or name the right number of columns.`,
      { details: { values: values.length, columns } },
    );
  }
  requireFinite(values, columns);
  return { values, steps: values.length / columns, columns, names, units, fps, kind, grippers };
}

function requireOnePerColumn(list: readonly string[], name: string, columns: number): void {
  if (list.length === columns) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `'${name}' has ${list.length} entries for ${columns} columns; give one for each.`,
    { details: { name, actual: list.length, expected: columns } },
  );
}

function requireEachOnce(list: readonly (string | number)[], name: string): void {
  const twice = list.find((entry, at) => list.indexOf(entry) !== at);
  if (twice === undefined) return;
  throw new PolytokError('INVALID_ARGUMENT', `'${name}' has ${JSON.stringify(twice)} twice.`, {
    details: { name, value: twice },
  });
}
