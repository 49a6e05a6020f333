/**
 * Names and places of LeRobot data sets, format v3.0: https://huggingface.co/docs/lerobot/lerobot-dataset-v3. Many
 * episodes share a file; `meta/episodes` says which frames are whose.
 */
import { PolytokError } from '@polytok/common';

export const INFO_PATH = 'meta/info.json';
export const STATS_PATH = 'meta/stats.json';
export const TASKS_PATH = 'meta/tasks.parquet';
/** Of v3.0. */
export const EPISODES_TEMPLATE = 'meta/episodes/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet';
export const DATA_TEMPLATE = 'data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet';

/**
 * Bytes of what a Parquet file says of itself. LeRobot writes statistics in a hundred columns, in row groups of 10
 * episodes: 10,000 episodes take some 15 MB.
 */
export const MAX_FOOTER_BYTES = 2 ** 24;

/** Files in a folder. */
export const CHUNK_SIZE = 1000;
export const DATA_FILE_MEGABYTES = 100;
export const VIDEO_FILE_MEGABYTES = 200;

/** The columns that LeRobot adds to every frame, beside the features. */
export const FRAME_COLUMNS = {
  timestamp: 'float32',
  frame_index: 'int64',
  episode_index: 'int64',
  index: 'int64',
  task_index: 'int64',
} as const;

const FIELD = /\{(\w+)(?::0?(\d{1,2})d)?\}/g;

/**
 * A path from a template with Python's fields, such as `{chunk_index:03d}`.
 * @throws PolytokError `INVALID_FORMAT` for a field that has no value
 */
export function formatPath(template: string, values: Readonly<Record<string, number>>): string {
  return template.replace(FIELD, (field, name: string, width = '0') => {
    const value = values[name];
    if (value !== undefined) return String(value).padStart(Number(width), '0');
    throw new PolytokError(
      'INVALID_FORMAT',
      `The path '${template}' in ${INFO_PATH} has the field ${field}; known here are ${Object.keys(values).join(', ')}.`,
      { details: { template, field, available: Object.keys(values) } },
    );
  });
}
