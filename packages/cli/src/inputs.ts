import { resolve, sep } from 'node:path';
import { type ExpandedInputs, expandInputs } from '@polytok/common/node';
import type { Reporter } from './reporter.js';
import { usageError } from './usage-error.js';

export interface ResolveInputsOptions {
  readonly inputs: readonly string[];
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  /** Files to take from folders, such as `['.npy']`. Default: all. */
  readonly extensions?: readonly string[];
  /** A folder whose files are no inputs: where the output goes. */
  readonly without?: string;
}

/**
 * The files that the inputs stand for. Inputs that stand for none are reported and returned.
 * @throws PolytokError `INVALID_ARGUMENT` when there are no inputs, or none of them stands for a file
 */
export async function resolveInputs(options: ResolveInputsOptions): Promise<ExpandedInputs> {
  const { inputs, reporter, signal, extensions, without } = options;
  if (inputs.length === 0)
    throw usageError('An input is missing; name files, folders or patterns, or - for standard input.');
  const { files: found, failures } = await expandInputs(inputs, { signal, extensions });
  const excluded = without === undefined ? undefined : resolve(without) + sep;
  const files = found.filter((file) => excluded === undefined || !resolve(file).startsWith(excluded));
  reporter.failures(failures);
  if (files.length === 0) throw usageError('No input is left to work on.', { inputs });
  return { files, failures };
}

/** The resolved paths that patterns stand for. @throws PolytokError `INVALID_ARGUMENT` for one that stands for none */
export async function matchedPaths(
  patterns: readonly string[],
  option: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { files, failures } = await expandInputs(patterns, { signal });
  if (failures.length > 0) throw usageError(`${option}: ${failures[0].message}`, { patterns });
  return files;
}
