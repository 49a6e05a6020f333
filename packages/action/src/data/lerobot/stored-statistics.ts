/** Statistics as LeRobot stores them: `count` is a list of one number. */
import { isJsonObject, PolytokError } from '@polytok/common';
import type { ActionStatistics } from '../../normalize/action-statistics.js';
import { isStatistics } from '../../normalize/normalizer.js';

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
