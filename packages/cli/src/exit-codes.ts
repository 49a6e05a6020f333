import { type ErrorCode, isPolytokError } from '@polytok/common';

/** What the command tells the shell; scripts rely on these. */
export const EXIT = {
  done: 0,
  /** Some or all inputs failed; each was named. */
  failed: 1,
  /** The command line asks for something that cannot be. */
  usage: 2,
  /** A fault of polytok itself (EX_SOFTWARE of sysexits.h). */
  internal: 70,
  /** As shells report a program that was interrupted. */
  aborted: 130,
} as const;

/** Errors that a different command line would avoid. */
const USAGE_CODES: ReadonlySet<ErrorCode> = new Set(['INVALID_ARGUMENT', 'UNKNOWN_NAME']);

export function exitCodeOf(error: unknown): number {
  if (!isPolytokError(error)) return EXIT.internal;
  if (error.code === 'ABORTED') return EXIT.aborted;
  return USAGE_CODES.has(error.code) ? EXIT.usage : EXIT.failed;
}
