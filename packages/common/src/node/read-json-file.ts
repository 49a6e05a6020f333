import { PolytokError } from '../errors.js';
import { parseJsonText } from '../json-text.js';
import { readFileBytes } from './read-file-bytes.js';

/** Largest configuration file: those of published models stay below 100 kB. */
export const MAX_JSON_FILE_BYTES = 2 ** 24;

/** The value in a JSON file. @throws PolytokError `IO`, `LIMIT_EXCEEDED`, `INVALID_FORMAT` for what is no sound JSON */
export async function readJsonFile(path: string): Promise<unknown> {
  const bytes = await readFileBytes(path, { maxBytes: MAX_JSON_FILE_BYTES });
  try {
    return parseJsonText(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new PolytokError('INVALID_FORMAT', `'${path}' is no sound JSON: ${(cause as Error).message}.`, {
      details: { path },
      cause,
    });
  }
}
