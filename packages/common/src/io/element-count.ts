import { type ErrorCode, PolytokError } from '../errors.js';

/**
 * Product of a shape; 1 for a scalar's `[]`.
 * @param what names the array in the message
 * @param code `INVALID_FORMAT` for a shape read from a file, `INVALID_ARGUMENT` for a caller's
 * @throws PolytokError `code` when a dimension is no count, or their product exceeds 2^53 - 1: a
 * wrapped or rounded product would pass for the size of another array
 */
export function elementCount(
  shape: readonly number[],
  what: string,
  code: ErrorCode = 'INVALID_FORMAT',
): number {
  for (const dimension of shape) {
    if (!Number.isSafeInteger(dimension) || dimension < 0) {
      throw new PolytokError(
        code,
        `${what} has the dimension ${dimension}; dimensions are integers from 0 to 2^53 - 1.`,
        { details: { dimension } },
      );
    }
  }
  if (shape.includes(0)) return 0;
  let count = 1;
  for (const dimension of shape) {
    count *= dimension;
    if (!Number.isSafeInteger(count)) {
      throw new PolytokError(code, `${what} has more than 2^53 - 1 elements: [${shape}].`, {
        details: { shape },
      });
    }
  }
  return count;
}
