/** Statistics as LeRobot stores them: `count` is a list of one number. */
import { isJsonObject, PolytokError } from '@polytok/common';
import { type ActionStatistics, combineStatistics, isStatistics } from '../../normalize/action-statistics.js';
import { type DatasetFiles, hasDatasetFile, readDatasetFile } from '../dataset-files.js';
import { inFile } from '../in-file.js';
import { MAX_LINES_BYTES, readJsonLines } from './episode-index.js';
import { STATS_PATH } from './layout.js';
import { type LeRobotInfo, parseJson } from './lerobot-info.js';

const EPISODES_STATS_PATH = 'meta/episodes_stats.jsonl';

/**
 * What a data set stores of a feature: statistics of the whole, or in v2.1 those of its episodes, combined.
 * @throws PolytokError `INVALID_FORMAT`, `LIMIT_EXCEEDED`, `IO`
 */
export async function readStoredStatistics(
  files: DatasetFiles,
  { version }: LeRobotInfo,
  feature: string,
): Promise<ActionStatistics | undefined> {
  if (await hasDatasetFile(files, STATS_PATH)) {
    const bytes = await readDatasetFile(files, STATS_PATH, MAX_LINES_BYTES);
    const [own] = statsOf(await inFile(STATS_PATH, () => parseJson(bytes)), feature);
    return own === undefined ? undefined : statisticsFromStored(own, `'${feature}' in ${STATS_PATH}`);
  }
  if (version !== 'v2.1' || !(await hasDatasetFile(files, EPISODES_STATS_PATH))) return undefined;
  const parts = (await readJsonLines(files, EPISODES_STATS_PATH)).flatMap(({ stats, episode_index }) =>
    statsOf(stats, feature).map((own) =>
      statisticsFromStored(own, `'${feature}' of episode ${episode_index} in ${EPISODES_STATS_PATH}`),
    ),
  );
  return parts.length > 0 ? combineStatistics(parts) : undefined;
}

/** The statistics of a feature, or nothing. */
function statsOf(json: unknown, feature: string): unknown[] {
  return isJsonObject(json) && Object.hasOwn(json, feature) ? [json[feature]] : [];
}

export function statisticsToStored(statistics: ActionStatistics): Record<string, readonly number[]> {
  return { ...statistics, count: [statistics.count] } as unknown as Record<string, readonly number[]>;
}

/**
 * @param where for messages, such as `'action' in meta/stats.json`
 * @throws PolytokError `INVALID_FORMAT` unless all lists have a finite number for each column
 */
export function statisticsFromStored(stored: unknown, where: string): ActionStatistics {
  if (isJsonObject(stored)) {
    const { count, min, max, mean, std, q01, q10, q50, q90, q99 } = stored;
    const statistics = {
      ...{ count: Array.isArray(count) ? count[0] : count },
      ...{ min, max, mean, std },
      ...Object.fromEntries(
        Object.entries({ q01, q10, q50, q90, q99 }).filter(([, list]) => list !== undefined),
      ),
    };
    if (isStatistics(statistics)) return statistics;
  }
  throw new PolytokError(
    'INVALID_FORMAT',
    `The statistics of ${where} are not lists min, max, mean and std of one finite number per column, with a count. Remove them, so that they are computed from the data.`,
    { details: { where } },
  );
}
