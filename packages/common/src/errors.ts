/**
 * Every failure a caller can provoke is a {@link PolytokError}: `code` is stable and meant for programs,
 * `details` holds the numbers, `message` says what happened, what was expected and what to do.
 */
export type ErrorCode =
  /** An argument or option is outside what the function documents. */
  | 'INVALID_ARGUMENT'
  /** A file or byte string is not what its format says: truncated, out of bounds, contradictory. */
  | 'INVALID_FORMAT'
  /** A size exceeds a named limit that protects the process. */
  | 'LIMIT_EXCEEDED'
  /** Well-formed, but a variant that polytok does not implement. */
  | 'UNSUPPORTED'
  /** A token id is not in the vocabulary. */
  | 'ID_OUT_OF_RANGE'
  /** Tokens were made with another vocabulary than the one that is to decode them. */
  | 'VOCABULARY_MISMATCH'
  /** A name is not in a registry or vocabulary; `details.available` lists those that are. */
  | 'UNKNOWN_NAME'
  /** Reading or writing failed: missing, unreadable, disk full. */
  | 'IO'
  /** The caller's abort signal fired. */
  | 'ABORTED'
  /** An optional component is not installed or cannot run here. */
  | 'UNAVAILABLE'
  /** The device that held prepared operands was lost or destroyed, and they with it. */
  | 'DEVICE_LOST';

export interface PolytokErrorOptions {
  /** Machine-readable facts: actual and expected values, names, offsets. */
  details?: Readonly<Record<string, unknown>>;
  /** The lower-level error that led here. */
  cause?: unknown;
}

export class PolytokError extends Error {
  override readonly name = 'PolytokError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: PolytokErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** True for any error with polytok's shape, also one thrown by another copy of this package. */
export function isPolytokError(error: unknown): error is PolytokError {
  return error instanceof Error && error.name === 'PolytokError' && 'code' in error;
}

/** Throws `ABORTED` when the signal has fired. Long loops call it between steps. */
export function throwIfAborted(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted) {
    throw new PolytokError('ABORTED', `${what} was aborted by its caller.`, { cause: signal.reason });
  }
}
