import type { EpisodeOptions } from '@polytok/action/data';
import { ActionPipeline } from '@polytok/action/pipeline';
import { PolytokError } from '@polytok/common';
import { readFileBytes } from '@polytok/common/node';
import { parsed, text } from '../options.js';
import { usageError } from '../usage-error.js';

export const featureOption = text({
  hint: 'NAME',
  description: 'Feature of the data set. Default: action',
});

export const columnsOption = text({
  hint: 'LIST',
  description: 'Columns, such as 0:6,7:23, or names with commas between. Default: all',
});

export const episodesOption = parsed({
  hint: 'LIST',
  description: 'Episodes, such as 0:10,12. Default: all',
  parse: readRanges,
});

/** `0:10,12`: half-open ranges and single numbers. */
function readRanges(value: string, name: string): readonly number[] {
  return value.split(',').flatMap((part) => {
    const [, first, last] = /^(\d+)(?::(\d+))?$/.exec(part.trim()) ?? [];
    const start = Number(first);
    const end = last === undefined ? start + 1 : Number(last);
    if (first === undefined || !(end > start) || end - start > 1e7)
      throw usageError(`${name} is a list such as 0:10,12; got '${value}'.`);
    return Array.from({ length: end - start }, (_, at) => start + at);
  });
}

/** A number above 0. */
export function positive(options: { readonly hint: string; readonly description: string }) {
  return parsed({
    ...options,
    parse: (value, name) => {
      const number = value.trim() === '' ? Number.NaN : Number(value);
      if (!(number > 0 && number < Infinity))
        throw usageError(`${name} is a number above 0; got '${value}'.`);
      return number;
    },
  });
}

export const fpsOption = positive({
  hint: 'N',
  description:
    'Steps per second: of .npy files, and of .csv files without times; .mcap files are brought to it',
});

/** The most that a pipeline's file may hold: codes of whole chunks take megabytes. */
const MAX_PIPELINE_BYTES = 1 << 30;

/** @throws PolytokError `IO`, and what reading the file throws, with its name */
export async function loadPipeline(path: string): Promise<ActionPipeline> {
  const bytes = await readFileBytes(path, { maxBytes: MAX_PIPELINE_BYTES });
  try {
    return ActionPipeline.fromJSON(parseJson(bytes));
  } catch (error) {
    if (!(error instanceof PolytokError)) throw error;
    const { code, message, details } = error;
    throw new PolytokError(code, `'${path}': ${message}`, { details: { ...details, path }, cause: error });
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new PolytokError('INVALID_FORMAT', 'The file is damaged or truncated JSON.', { cause });
  }
}

/** The tracks that a pipeline takes. */
export function selectionOf({
  feature,
  names,
  grippers,
}: ActionPipeline['signal']): Pick<EpisodeOptions, 'feature' | 'columns' | 'grippers'> {
  // No grippers are no selection.
  return {
    feature,
    columns: names,
    ...(grippers.length > 0 && { grippers: grippers.map((column) => names[column]) }),
  };
}
