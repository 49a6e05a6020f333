/**
 * Least squares within bounds: minimises wᵀGw/2 − bᵀw with low ≤ w ≤ high, by coordinate descent. G is positive definite, so
 * there is one minimum; where no bound is touched it is the unbounded one.
 */
export interface BoundedFitOptions {
  /** G, `(points, points)`: ΦᵀΦ + λI. */
  readonly gram: Float64Array;
  /** b, `(points)`: Φᵀx. */
  readonly target: Float64Array;
  /** `(points)` */
  readonly low: Float64Array;
  /** `(points)` */
  readonly high: Float64Array;
}

/** A sweep that moves nothing by more than this share of the widest bounds ends the descent. */
const TOLERANCE = 1e-10;
/** Far more sweeps than the worst published shapes need (some hundreds). */
const MAX_SWEEPS = 10_000;

/** @param weights `(points)`: any start within the bounds; receives the minimum */
export function boundedFit({ gram, target, low, high }: BoundedFitOptions, weights: Float64Array): void {
  const points = weights.length;
  let widest = 0;
  for (let n = 0; n < points; n++) widest = Math.max(widest, high[n] - low[n]);
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let largest = 0;
    for (let n = 0; n < points; n++) {
      let rest = target[n];
      for (let k = 0; k < points; k++) if (k !== n) rest -= gram[n * points + k] * weights[k];
      const moved = Math.min(Math.max(rest / gram[n * points + n], low[n]), high[n]);
      largest = Math.max(largest, Math.abs(moved - weights[n]));
      weights[n] = moved;
    }
    if (largest <= TOLERANCE * widest) return;
  }
}
