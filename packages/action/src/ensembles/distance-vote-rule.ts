import { PolytokError } from '@polytok/common';
import type { EnsembleCandidates, EnsembleRule } from './contract.js';
import { keepMajority } from './keep-majority.js';

export interface DistanceVoteRuleOptions {
  /**
   * Candidates that differ from the newest by at most this in every column are similar. In the actions' own units, at
   * least 0: one number for all columns, or one for each column that the rule decides about.
   */
  readonly tolerance: number | readonly number[];
}

/**
 * Voting as in VOTE, by distance instead of direction: for absolute targets, such as joint positions.
 * @throws PolytokError `INVALID_ARGUMENT`; when it weighs candidates, for another number of columns than tolerances
 */
export function distanceVoteRule({ tolerance }: DistanceVoteRuleOptions): EnsembleRule {
  const tolerances = typeof tolerance === 'number' ? [tolerance] : [...tolerance];
  if (tolerances.length === 0 || tolerances.some((one) => !(one >= 0))) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `'tolerance' must be one or more numbers of at least 0; got [${tolerances}].`,
      { details: { name: 'tolerance', value: tolerances } },
    );
  }
  return {
    weigh(candidates, weights) {
      const { count, columns } = candidates;
      if (tolerances.length > 1 && tolerances.length !== columns) {
        throw new PolytokError(
          'INVALID_ARGUMENT',
          `There are ${tolerances.length} tolerances for ${columns} columns; give one for each, or one for all.`,
          { details: { actual: tolerances.length, expected: columns } },
        );
      }
      for (let i = 0; i < count; i++) weights[i] = isNear(candidates, i, tolerances) ? 1 : 0;
      keepMajority(weights, count);
    },
  };
}

function isNear(
  { count, columns, values }: EnsembleCandidates,
  i: number,
  tolerances: readonly number[],
): boolean {
  const from = i * columns;
  const newest = (count - 1) * columns;
  for (let column = 0; column < columns; column++) {
    const tolerance = tolerances.length === 1 ? tolerances[0] : tolerances[column];
    if (Math.abs(values[from + column] - values[newest + column]) > tolerance) return false;
  }
  return true;
}
