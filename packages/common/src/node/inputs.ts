import { stat } from 'node:fs/promises';
import { extname, join, normalize, resolve } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { PolytokError, throwIfAborted } from '../errors.js';
import { type InputFailure, toInputFailure } from './input-failure.js';
import { ioError } from './io-error.js';

export interface ExpandInputsOptions {
  /** Folder that relative inputs start from. Default: the current folder. */
  readonly cwd?: string;
  /** Files to take from folders, such as `['.wav', '.flac']`, in any case. Files named or matched are always taken. Default: all. */
  readonly extensions?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface ExpandedInputs {
  /** Sorted by code units, each file once; relative where the input is. */
  readonly files: readonly string[];
  /** Inputs that stand for no file, in the order given. */
  readonly failures: readonly InputFailure[];
}

/**
 * Turns what a user names into files: files, folders with all their subfolders (hidden files apart), glob patterns,
 * and `-` for standard input, which stays as it is. A name that exists is no pattern.
 * @throws PolytokError `ABORTED`; a missing or empty input is a failure in the result
 */
export async function expandInputs(
  inputs: readonly string[],
  options: ExpandInputsOptions = {},
): Promise<ExpandedInputs> {
  const { cwd = process.cwd(), signal } = options;
  const files = new Map<string, string>();
  const failures: InputFailure[] = [];
  for (const input of inputs) {
    throwIfAborted(signal, 'Listing inputs');
    try {
      for (const file of await expandInput(input, { ...options, cwd })) {
        const key = file === '-' ? file : resolve(cwd, file);
        if (!files.has(key)) files.set(key, file);
      }
    } catch (error) {
      throwIfAborted(signal, 'Listing inputs');
      failures.push(toInputFailure(input, error));
    }
  }
  return { files: [...files.values()].sort(), failures };
}

async function expandInput(input: string, options: ExpandInputsOptions & { cwd: string }): Promise<string[]> {
  const { cwd, extensions, signal } = options;
  if (input === '-') return [input];
  const stats = await stat(resolve(cwd, input)).catch((error: unknown) => {
    if (isDynamicPattern(input)) return undefined;
    throw ioError(error, 'read', input);
  });
  if (stats === undefined) {
    const matches = await glob(input, { cwd, signal, expandDirectories: false });
    return notEmpty(
      matches.map(normalize),
      `No file matches '${input}'. Check the pattern, and quote it for the shell.`,
    );
  }
  if (!stats.isDirectory()) return [normalize(input)];
  const names = await glob('**/*', { cwd: resolve(cwd, input), signal });
  const wanted = extensions?.map((extension) => extension.toLowerCase());
  const taken = names.filter((name) => wanted === undefined || wanted.includes(extname(name).toLowerCase()));
  return notEmpty(
    taken.map((name) => join(input, name)),
    `The folder '${input}' has no ${wanted ? `${wanted.join(', ')} ` : ''}files.`,
  );
}

function notEmpty(files: string[], message: string): string[] {
  if (files.length === 0) throw new PolytokError('IO', message);
  return files;
}
