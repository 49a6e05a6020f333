import { PolytokError } from '../errors.js';

/** Throws `INVALID_ARGUMENT` unless `values` is a non-empty list of integers between the bounds, both included. */
export function requireIntegers(
  values: readonly number[],
  name: string,
  { minimum, maximum }: { readonly minimum: number; readonly maximum: number },
): void {
  const valid =
    Array.isArray(values) &&
    values.length > 0 &&
    values.every((value) => Number.isInteger(value) && value >= minimum && value <= maximum);
  if (valid) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `'${name}' must be of integers from ${minimum} to ${maximum}; got ${JSON.stringify(values)}.`,
    { details: { name, values, minimum, maximum } },
  );
}

/** Throws `INVALID_ARGUMENT` unless `value` is finite and above zero. */
export function requirePositive(value: number, name: string): void {
  if (typeof value === 'number' && value > 0 && value < Infinity) return;
  throw new PolytokError('INVALID_ARGUMENT', `'${name}' must be a finite number above 0; got ${value}.`, {
    details: { name, value },
  });
}

/** Throws `INVALID_ARGUMENT` unless `value` is one of `choices`. */
export function requireChoice(value: string, name: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `'${name}' must be one of ${choices.join(', ')}; got ${value}.`,
    {
      details: { name, value, choices },
    },
  );
}
