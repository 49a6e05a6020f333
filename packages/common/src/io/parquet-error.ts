import { isPolytokError, PolytokError } from '../errors.js';

/** hyparquet's errors as ours. */
export function toParquetError(error: unknown): PolytokError {
  if (isPolytokError(error)) return error;
  return new PolytokError('INVALID_FORMAT', `Not a valid Parquet file: ${(error as Error).message}.`, {
    cause: error,
  });
}
