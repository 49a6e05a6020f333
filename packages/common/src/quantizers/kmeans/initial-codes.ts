import { PolytokError } from '../../errors.js';
import { randomBelow, seededRandom } from '../../random.js';
import type { Steps } from '../../steps.js';
import { unitRows } from '../unit-rows.js';
import { RowSample } from './sample-rows.js';
import { spreadRows } from './spread-rows.js';

export interface InitialCodesOptions {
  /** Hands every row to its argument. */
  readonly eachBatch: (work: (batch: Float32Array) => void) => Steps;
  readonly dimension: number;
  readonly count: number;
  readonly metric: 'euclidean' | 'cosine';
  readonly init: 'random' | 'k-means++' | Float32Array;
  /** Rows that 'k-means++' chooses from. */
  readonly initRows: number;
  readonly seed: number;
}

/**
 * Where k-means starts.
 * @returns `(count, dimension)`, of length 1 under cosine
 * @throws PolytokError `INVALID_ARGUMENT` if there is no row
 */
export function* initialCodes(options: InitialCodesOptions): Steps<Float32Array> {
  const { eachBatch, dimension, count, metric, init, initRows, seed } = options;
  const comparable = (rows: Float32Array) =>
    metric === 'cosine' ? Float32Array.from(unitRows(rows, dimension)) : rows;
  if (init instanceof Float32Array) return comparable(init);
  const next = seededRandom(seed);
  const sample = new RowSample(init === 'k-means++' ? initRows : count, dimension, next);
  yield* eachBatch((batch) => sample.add(batch));
  const rows = comparable(sample.rows());
  if (rows.length === 0) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `k-means starts from rows${metric === 'cosine' ? ' that are not zero' : ''}, and there is none.`,
    );
  }
  return init === 'k-means++'
    ? spreadRows({ rows, dimension, count, next })
    : repeatRows({ rows, dimension, count, next });
}

/** The first `count` rows; where there are fewer, random ones again after them. */
function repeatRows({ rows, dimension, count, next }: Parameters<typeof spreadRows>[0]): Float32Array {
  const codes = new Float32Array(count * dimension);
  codes.set(rows);
  for (let at = rows.length; at < codes.length; at += dimension) {
    const from = randomBelow(next, rows.length / dimension) * dimension;
    codes.copyWithin(at, from, from + dimension);
  }
  return codes;
}
