/** Checks of what control loops pass in. Each throws `INVALID_ARGUMENT`, and allocates only then. */
import { PolytokError } from '@polytok/common';

/** Throws unless there are `rows` · `columns` values. */
export function requireLength(values: ArrayLike<unknown>, name: string, rows: number, columns = 1): void {
  if (values.length === rows * columns) return;
  const shape = columns === 1 ? rows : `(${rows}, ${columns})`;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `'${name}' has ${values.length} elements; ${shape} needs ${rows * columns}.`,
    { details: { name, actual: values.length, expected: rows * columns } },
  );
}

/** Throws unless `values` has room for `least` numbers. */
export function requireRoom(values: ArrayLike<unknown>, name: string, least: number): void {
  if (values.length >= least) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `'${name}' has room for ${values.length}; up to ${least} are written.`,
    { details: { name, actual: values.length, expected: least } },
  );
}

/** Throws unless a signal has the tokenizer's number of steps or columns. */
export function requireSame(actual: number, expected: number, name: 'steps' | 'columns'): void {
  if (actual === expected) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `This tokenizer takes chunks of ${expected} ${name}; got ${actual}. Cut or resample them.`,
    { details: { name, actual, expected } },
  );
}

/** Throws unless a fallback has a finite number for each column; without one there is nothing to check. */
export function requireFallback(fallback: ArrayLike<number> | undefined, columns: number): void {
  if (fallback === undefined) return;
  requireLength(fallback, 'fallback', columns);
  requireFinite(fallback, columns);
}

/** Throws at the first number that is not finite, naming its step and column. */
export function requireFinite(values: ArrayLike<number>, columns: number): void {
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (value - value === 0) continue;
    const step = Math.floor(at / columns);
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `Step ${step}, column ${at % columns} is ${value}; actions must be finite. Look for the cause in what made them.`,
      { details: { step, column: at % columns, value } },
    );
  }
}
