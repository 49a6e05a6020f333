import { PolytokError } from '../errors.js';

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
