/** Which episodes there are, and where their frames are. */
import { isJsonObject, PolytokError } from '@polytok/common';
import { readParquetFooter, readParquetRows } from '@polytok/common/io';
import {
  type DatasetFiles,
  hasDatasetFile,
  missingFile,
  readDatasetFile,
  withDatasetFile,
} from '../dataset-files.js';
import { inFile } from '../in-file.js';
import { CHUNK_SIZE, EPISODES_TEMPLATE, formatPath, INFO_PATH, MAX_FOOTER_BYTES } from './layout.js';
import { type LeRobotInfo, parseJson } from './lerobot-info.js';

export interface EpisodeEntry {
  readonly index: number;
  /** What the robot was told, in words. */
  readonly tasks: readonly string[];
  readonly frames: number;
  /** Its data file. */
  readonly path: string;
  /** Its first row in that file. */
  readonly row: number;
}

/** Episodes of a data set; the largest published ones have 10^5. */
export const MAX_EPISODES = 2 ** 22;
/** Bytes of a file with a JSON line for each episode. */
export const MAX_LINES_BYTES = 2 ** 28;

/** An episode as it is listed, before its rows are counted. */
interface ListedEpisode {
  readonly index: number;
  readonly tasks: readonly string[];
  readonly frames: number;
  readonly path: string;
}

/**
 * Episodes by index, from 0 without gaps.
 * @throws PolytokError `IO`, `INVALID_FORMAT`, `LIMIT_EXCEEDED`, `UNSUPPORTED`
 */
export async function readEpisodeIndex(files: DatasetFiles, info: LeRobotInfo): Promise<EpisodeEntry[]> {
  if (info.totalEpisodes > MAX_EPISODES) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `The data set has ${info.totalEpisodes} episodes; at most ${MAX_EPISODES} are read. Split it.`,
      { details: { actual: info.totalEpisodes, limit: MAX_EPISODES } },
    );
  }
  const listed = info.version === 'v3.0' ? await listTables(files, info) : await listLines(files, info);
  listed.sort((a, b) => a.index - b.index);
  const gap = listed.findIndex(({ index }, at) => index !== at);
  if (gap !== -1 || listed.length !== info.totalEpisodes) {
    throw new PolytokError(
      'INVALID_FORMAT',
      `${INFO_PATH} announces ${info.totalEpisodes} episodes; ${listed.length} are listed${gap === -1 ? '' : `, and number ${gap} is missing or there twice`}. Is the data set complete?`,
      { details: { expected: info.totalEpisodes, actual: listed.length, episode: gap } },
    );
  }
  // Episodes follow each other in a file by index.
  const rows = new Map<string, number>();
  return listed.map((episode) => {
    const row = rows.get(episode.path) ?? 0;
    rows.set(episode.path, row + episode.frames);
    return { ...episode, row };
  });
}

const COLUMNS = ['episode_index', 'tasks', 'length', 'data/chunk_index', 'data/file_index'];

/** Of v3.0: Parquet tables, one after the other until there is no more. */
async function listTables(files: DatasetFiles, info: LeRobotInfo): Promise<ListedEpisode[]> {
  const listed: ListedEpisode[] = [];
  for (let number = 0; ; number++) {
    const place = { chunk_index: Math.floor(number / CHUNK_SIZE), file_index: number % CHUNK_SIZE };
    const path = formatPath(EPISODES_TEMPLATE, place);
    if (!(await hasDatasetFile(files, path))) {
      if (number === 0 && info.totalEpisodes > 0) throw missingFile(path);
      return listed;
    }
    await inFile(path, () => listTable(files, path, info, listed));
  }
}

async function listTable(
  files: DatasetFiles,
  path: string,
  info: LeRobotInfo,
  listed: ListedEpisode[],
): Promise<void> {
  await withDatasetFile(files, path, async (file) => {
    const metadata = await readParquetFooter(file, {
      maxRows: MAX_EPISODES,
      maxFooterBytes: MAX_FOOTER_BYTES,
    });
    for (const group of metadata.row_groups.keys()) {
      for (const row of await readParquetRows(file, metadata, group, COLUMNS)) {
        const chunk = toCount(row['data/chunk_index'], 'data/chunk_index');
        const file_index = toCount(row['data/file_index'], 'data/file_index');
        listed.push({
          ...toEpisode(row),
          path: formatPath(info.dataPath, { chunk_index: chunk, file_index }),
        });
      }
    }
  });
}

/** Of v2.1: a JSON line for each. */
async function listLines(files: DatasetFiles, info: LeRobotInfo): Promise<ListedEpisode[]> {
  const path = 'meta/episodes.jsonl';
  return (await readJsonLines(files, path)).map((row) => {
    const episode = toEpisode(row);
    const place = { episode_chunk: Math.floor(episode.index / info.chunkSize), episode_index: episode.index };
    return { ...episode, path: formatPath(info.dataPath, place) };
  });
}

/** The objects of a file with a line for each. @throws PolytokError `IO`, `INVALID_FORMAT`, `LIMIT_EXCEEDED` */
export async function readJsonLines(
  files: DatasetFiles,
  path: string,
): Promise<Readonly<Record<string, unknown>>[]> {
  const bytes = await readDatasetFile(files, path, MAX_LINES_BYTES);
  return inFile(path, () => {
    const rows: Readonly<Record<string, unknown>>[] = [];
    for (let start = 0, line = 1; start < bytes.length; line++) {
      const newline = bytes.indexOf(10, start);
      const end = newline === -1 ? bytes.length : newline;
      const row = end > start ? parseJson(bytes.subarray(start, end)) : undefined;
      if (isJsonObject(row)) rows.push(row);
      else if (row !== undefined) {
        throw new PolytokError('INVALID_FORMAT', `Line ${line} is no JSON object.`, { details: { line } });
      }
      start = end + 1;
    }
    return rows;
  });
}

function toEpisode({ episode_index, tasks, length }: Readonly<Record<string, unknown>>) {
  return {
    index: toCount(episode_index, 'episode_index'),
    tasks: Array.isArray(tasks) ? tasks.filter((task) => typeof task === 'string') : [],
    frames: toCount(length, 'length'),
  };
}

/** Integers of 64 bits arrive as BigInt. */
function toCount(value: unknown, field: string): number {
  const count = typeof value === 'bigint' ? Number(value) : value;
  if (Number.isSafeInteger(count) && (count as number) >= 0) return count as number;
  throw new PolytokError('INVALID_FORMAT', `An episode has '${field}' ${value}, which is no count.`, {
    details: { field, value: String(value) },
  });
}
