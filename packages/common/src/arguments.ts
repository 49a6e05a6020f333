/** Checks of options and arguments that every module shares. Each throws `INVALID_ARGUMENT` and names what is wrong. */
import { PolytokError } from './errors.js';

export interface IntegerRange {
  /** Default: 0. */
  readonly minimum?: number;
  /** Default: 2^53 − 1. */
  readonly maximum?: number;
}

/** Throws unless `value` is an integer in the range, both ends included. */
export function requireInteger(
  value: number,
  name: string,
  { minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: IntegerRange = {},
): void {
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `'${name}' must be an integer ${range(minimum, maximum)}; got ${value}.`,
    { details: { name, value, minimum, maximum } },
  );
}

/** Throws unless `values` is a non-empty list of integers in the range. */
export function requireIntegers(
  values: readonly number[],
  name: string,
  { minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: IntegerRange = {},
): void {
  const valid =
    Array.isArray(values) &&
    values.length > 0 &&
    values.every((value) => Number.isInteger(value) && value >= minimum && value <= maximum);
  if (valid) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `'${name}' must be a list of integers ${range(minimum, maximum)}; got ${JSON.stringify(values)}.`,
    { details: { name, values, minimum, maximum } },
  );
}

/** Throws unless `value` is a finite number. */
export function requireFiniteNumber(value: number, name: string): void {
  if (Number.isFinite(value)) return;
  throw new PolytokError('INVALID_ARGUMENT', `'${name}' must be a finite number; got ${value}.`, {
    details: { name, value },
  });
}

/** Throws unless `value` is finite and above zero. */
export function requirePositive(value: number, name: string): void {
  if (typeof value === 'number' && value > 0 && value < Infinity) return;
  throw new PolytokError('INVALID_ARGUMENT', `'${name}' must be a finite number above 0; got ${value}.`, {
    details: { name, value },
  });
}

/** Throws unless `value` is a share of a whole: at least 0 and below 1. */
export function requireShare(value: number, name: string): void {
  if (typeof value === 'number' && value >= 0 && value < 1) return;
  throw new PolytokError('INVALID_ARGUMENT', `'${name}' must be at least 0 and below 1; got ${value}.`, {
    details: { name, value },
  });
}

/** Throws unless `value` is one of `choices`. */
export function requireChoice<Choice extends string>(
  value: Choice,
  name: string,
  choices: readonly Choice[],
): void {
  if (choices.includes(value)) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `'${name}' must be one of ${choices.join(', ')}; got ${value}.`,
    { details: { name, value, choices } },
  );
}

function range(minimum: number, maximum: number): string {
  return maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
}
