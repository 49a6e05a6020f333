import { PolytokError } from '../../errors.js';
import type { Value } from '../graph/graph.js';
import { formatShape } from '../graph/shape.js';
import { multiply } from '../ops/arithmetic.js';
import { cast } from '../ops/cast.js';
import { reduceSum } from '../ops/reduce.js';

/** Ids are summed up in float32, which every provider has, and which is exact up to here. */
export const MAX_HEAD_IDS = 2 ** 24;

/** Σ digitⱼ · placeⱼ along the last axis, int32. @param digits `[…, digits]`, whole numbers */
export function digitsToIds(digits: Value, places: readonly number[]): Value {
  const weights = digits.graph.constant('float32', [places.length], Float32Array.from(places));
  return cast(reduceSum(multiply(digits, weights), { axes: [-1] }), 'int32');
}

/** The size of the last axis. @throws PolytokError `INVALID_ARGUMENT` unless it is a number */
export function lastSize(x: Value, name: string): number {
  const size = x.shape.at(-1);
  if (typeof size === 'number') return size;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `${name} takes […, dimension] with a dimension that is a number; got ${formatShape(x.shape)}.`,
    { details: { shape: x.shape } },
  );
}
