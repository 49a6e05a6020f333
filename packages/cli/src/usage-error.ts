import { PolytokError } from '@polytok/common';

/** The error of a command line that makes no sense. */
export function usageError(message: string, details: Readonly<Record<string, unknown>> = {}): PolytokError {
  return new PolytokError('INVALID_ARGUMENT', message, { details });
}
