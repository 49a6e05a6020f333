import { PolytokError } from '../../errors.js';

/**
 * What the runtime stops within a run, as a typed error.
 * @param what ran, such as 'this network'
 */
export function runFailure(cause: unknown, what: string, provider: string): PolytokError {
  return new PolytokError(
    'INVALID_ARGUMENT',
    `ONNX Runtime did not run ${what} to its end (${cause instanceof Error ? cause.message : String(cause)}). Look for an index beyond its table, and for named sizes that do not fit together.`,
    { cause, details: { provider } },
  );
}
