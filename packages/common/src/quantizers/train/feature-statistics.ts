import type { SinglePair } from './feature-pairs.js';

/** What one pass over the clean features tells. */
export interface FeatureStatistics {
  readonly frames: number;
  /** `(dimension)` */
  readonly mean: Float64Array;
  /** Standard deviation, `(dimension)`. */
  readonly deviation: Float64Array;
}

/** Statistics of the clean features, in double precision around the first frame, so that a large mean costs no digits. */
export async function featureStatistics(
  pairs: AsyncIterable<SinglePair>,
  dimension: number,
): Promise<FeatureStatistics> {
  const sums = new Float64Array(dimension);
  const squares = new Float64Array(dimension);
  let origin: Float32Array | undefined;
  let count = 0;
  for await (const { clean, frames } of pairs) {
    origin ??= clean.slice(0, dimension);
    for (let at = 0; at < clean.length; ) {
      for (let j = 0; j < dimension; j++, at++) {
        const distance = clean[at] - origin[j];
        sums[j] += distance;
        squares[j] += distance * distance;
      }
    }
    count += frames;
  }
  const divisor = Math.max(count, 1);
  const mean = sums.map((sum, j) => (origin?.[j] ?? 0) + sum / divisor);
  const deviation = squares.map((square, j) =>
    Math.sqrt(Math.max(square / divisor - (sums[j] / divisor) ** 2, 0)),
  );
  return { frames: count, mean, deviation };
}
