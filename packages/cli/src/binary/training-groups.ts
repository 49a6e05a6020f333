import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileGroup } from '@polytok/binary';
import { readExecutable } from '@polytok/binary/formats';
import { PolytokError } from '@polytok/common';
import { ioError } from '@polytok/common/node';
import { matchedPaths } from '../inputs.js';

/** Names the parity group of a training file. */
export type GroupOf = (path: string, bytes: Uint8Array) => string;

/** Groups by format and architecture, as the files' headers say. */
export const detectedGroup: GroupOf = (_path, bytes) => fileGroup(readExecutable(bytes));

/**
 * Groups that a JSON file names: `{ "pattern": "group", … }`. The first pattern that a file matches decides; files that
 * match none are grouped by their headers.
 * @throws PolytokError `IO`, `INVALID_FORMAT`; `INVALID_ARGUMENT` for a pattern that stands for no file
 */
export async function readGroups(path: string, signal: AbortSignal): Promise<GroupOf> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw ioError(error, 'read', path);
  });
  const groupByPath = new Map<string, string>();
  for (const [pattern, group] of Object.entries(parseGroups(path, text))) {
    for (const file of await matchedPaths([pattern], '--groups', signal)) {
      const key = resolve(file);
      if (!groupByPath.has(key)) groupByPath.set(key, group);
    }
  }
  return (file, bytes) => groupByPath.get(resolve(file)) ?? detectedGroup(file, bytes);
}

function parseGroups(path: string, text: string): Record<string, string> {
  try {
    const groups: unknown = JSON.parse(text);
    const isMap = typeof groups === 'object' && groups !== null && !Array.isArray(groups);
    if (isMap && Object.values(groups).every((group) => typeof group === 'string')) {
      return groups as Record<string, string>;
    }
  } catch {}
  throw new PolytokError('INVALID_FORMAT', `'${path}' is not JSON of the form {"pattern": "group", …}.`, {
    details: { path },
  });
}
