import { isFolder } from '../file-facts.js';
import { usageError } from '../usage-error.js';
import { formatOfName } from './token-format.js';

export interface EncodeTarget {
  /** As given. */
  readonly inputs: readonly string[];
  /** What they stand for. */
  readonly files: readonly string[];
  readonly out: string;
}

/**
 * Whether the output is one file: standard output, or a name with a token format's ending for a single input file.
 * @throws PolytokError `INVALID_ARGUMENT` when many files would go into one, or one without a name into a folder
 */
export async function isSingleOutput({ inputs, files, out }: EncodeTarget): Promise<boolean> {
  const namesFile = out === '-' || (formatOfName(out) !== undefined && !(await isFolder(out)));
  const isSingle = inputs.length === 1 && files.length === 1 && !(await isFolder(inputs[0]));
  if (namesFile && !isSingle)
    throw usageError(
      `--out '${out}' is one file, but the inputs may be many. Name a folder, or a single file as input.`,
    );
  if (!namesFile && files.includes('-'))
    throw usageError(
      'Standard input has no name to record; write it to a file such as --out tokens.u32, or to -.',
    );
  return namesFile;
}
