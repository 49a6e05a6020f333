import { isJsonObject, PolytokError } from '@polytok/common';

/** The quantiles that LeRobot stores, by name. */
export const QUANTILES = { q01: 0.01, q10: 0.1, q50: 0.5, q90: 0.9, q99: 0.99 } as const;

export type QuantileName = keyof typeof QUANTILES;

/** Statistics of every column, each list `(columns)`, under LeRobot's names. Plain data. */
export interface ActionStatistics extends Readonly<Partial<Record<QuantileName, readonly number[]>>> {
  /** Steps they are of, at least 1. */
  readonly count: number;
  readonly min: readonly number[];
  readonly max: readonly number[];
  readonly mean: readonly number[];
  /** Of the population: divided by `count`. */
  readonly std: readonly number[];
}

/** True for statistics whose lists are of finite numbers, one for each column. */
export function isStatistics(value: unknown): value is ActionStatistics {
  if (!isJsonObject(value) || !Array.isArray(value.min)) return false;
  const columns = value.min.length;
  const { count, min, max, mean, std, q01 = min, q10 = min, q50 = min, q90 = min, q99 = min } = value;
  return (
    Number.isInteger(count) &&
    (count as number) > 0 &&
    columns > 0 &&
    [min, max, mean, std, q01, q10, q50, q90, q99].every(
      (list) => Array.isArray(list) && list.length === columns && list.every(Number.isFinite),
    )
  );
}

/**
 * Statistics of several stretches as one. Quantiles are left out: those of parts do not tell those of the whole.
 * @throws PolytokError `INVALID_ARGUMENT` for none, or parts of different columns
 */
export function combineStatistics(parts: readonly ActionStatistics[]): ActionStatistics {
  const columns = parts[0]?.min.length ?? 0;
  if (columns === 0 || parts.some(({ min }) => min.length !== columns)) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `Statistics are combined of at least one part, all of the same columns; got ${parts.length} of ${parts.map(({ min }) => min.length).join(', ')} columns.`,
      { details: { columns: parts.map(({ min }) => min.length) } },
    );
  }
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const perColumn = (of: (column: number) => number) => Array.from({ length: columns }, (_, d) => of(d));
  const average = (of: (part: ActionStatistics) => number) =>
    parts.reduce((sum, part) => sum + of(part) * part.count, 0) / count;
  const mean = perColumn((d) => average((part) => part.mean[d]));
  return {
    count,
    min: perColumn((d) => Math.min(...parts.map(({ min }) => min[d]))),
    max: perColumn((d) => Math.max(...parts.map(({ max }) => max[d]))),
    mean,
    // The variance within the parts, and that of their means.
    std: perColumn((d) => Math.sqrt(average((part) => part.std[d] ** 2 + (part.mean[d] - mean[d]) ** 2))),
  };
}
