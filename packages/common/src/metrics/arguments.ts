import { PolytokError } from '../errors.js';

/** Throws unless `value` is an integer from `minimum` to 2^53 - 1. */
export function requireInteger(value: number, name: string, minimum = 0): void {
  if (!Number.isSafeInteger(value) || value < minimum) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `'${name}' must be an integer of at least ${minimum}; got ${value}.`,
      {
        details: { name, value, minimum },
      },
    );
  }
}

/** Throws unless `value` is finite and above zero. */
export function requirePositive(value: number, name: string): void {
  if (!(value > 0 && value < Infinity)) {
    throw new PolytokError('INVALID_ARGUMENT', `'${name}' must be a finite number above 0; got ${value}.`, {
      details: { name, value },
    });
  }
}

/** Sum of `values`. Throws, naming the first culprit, unless all are finite and none is negative. */
export function requireNonNegative(values: ArrayLike<number>, name: string): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!(value >= 0 && value < Infinity)) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `'${name}' must hold finite numbers of at least 0; entry ${i} is ${value}.`,
        { details: { name, index: i, value } },
      );
    }
    sum += value;
  }
  return sum;
}
