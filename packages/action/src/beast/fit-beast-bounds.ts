import { PolytokError } from '@polytok/common';
import type { ActionChunk } from '../contract.js';
import { type BeastOptions, completeBeastOptions } from './beast-options.js';
import { SplineCode } from './spline-code.js';
import type { WeightBounds } from './weight-bounds.js';

export interface BeastBoundsOptions extends BeastOptions {
  /**
   * How bounds follow from the control points of the chunks.
   * - `minmax`: their extremes, widened by `margin`. Clips nothing of these chunks.
   * - `quantile`: the quantiles `tail` and 1 − `tail`, by linear interpolation; `precompute` in the official code.
   * - `online`: from ±0.02 outwards to the extremes, each bound only where an extreme lies more than 1e-4 outside, chunk
   *   after chunk; what the released configurations do, frozen here at the end.
   *
   * Default: 'minmax'.
   */
  readonly mode?: 'minmax' | 'quantile' | 'online';
  /** Share of the range added at either end, for `minmax`. Default: 0. */
  readonly margin?: number;
  /** Share of control points left out at either end, for `quantile`: from 0 to below 0.5. Default: 0.01. */
  readonly tail?: number;
}

/** What fitting found. */
export interface BeastBoundsFit {
  readonly bounds: WeightBounds;
  readonly chunks: number;
  /** Share of the control points that the bounds clip. */
  readonly clipped: number;
}

const ONLINE_START = 0.02;
const ONLINE_SLACK = 1e-4;

/**
 * Bounds for a `BeastTokenizer` from training chunks. Control points of all chunks are held: 8 bytes for each.
 * @param chunks each `(steps, columns)`
 * @throws PolytokError `INVALID_ARGUMENT` for options, no chunk, or a chunk of another shape or with NaN, naming it
 */
export function fitBeastBounds(chunks: Iterable<ActionChunk>, options: BeastBoundsOptions): BeastBoundsFit {
  const { mode = 'minmax', margin = 0, tail = 0.01, ...sizes } = options;
  const complete = completeBeastOptions(sizes);
  checkMode(mode, margin, tail);
  const code = new SplineCode(complete);
  const length = complete.points * complete.columns;
  const all: Float64Array[] = [];
  for (const chunk of chunks) {
    checkChunk(chunk, complete.steps * complete.columns, all.length);
    const weights = new Float64Array(length);
    code.fit(chunk, weights, {});
    all.push(weights);
  }
  if (all.length === 0) {
    throw new PolytokError('INVALID_ARGUMENT', 'Bounds are fitted to at least one chunk; got none.');
  }
  const low = new Float64Array(length);
  const high = new Float64Array(length);
  for (let at = 0; at < length; at++) {
    const values = Float64Array.from(all, (weights) => weights[at]);
    [low[at], high[at]] = boundsOf(values, { mode, margin, tail });
  }
  let outside = 0;
  for (const weights of all) {
    for (let at = 0; at < length; at++) if (weights[at] < low[at] || weights[at] > high[at]) outside++;
  }
  return { bounds: { low, high }, chunks: all.length, clipped: outside / (all.length * length) };
}

function boundsOf(
  values: Float64Array,
  { mode, margin, tail }: Required<Pick<BeastBoundsOptions, 'mode' | 'margin' | 'tail'>>,
): [low: number, high: number] {
  if (mode === 'online') {
    let low = -ONLINE_START;
    let high = ONLINE_START;
    for (const value of values) {
      if (value < low - ONLINE_SLACK) low = value;
      if (value > high + ONLINE_SLACK) high = value;
    }
    return [low, high];
  }
  values.sort();
  if (mode === 'quantile') return [quantile(values, tail), quantile(values, 1 - tail)];
  const spread = margin * (values[values.length - 1] - values[0]);
  return [values[0] - spread, values[values.length - 1] + spread];
}

/** Quantile of sorted values, by linear interpolation between the nearest two. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

function checkMode(mode: string, margin: number, tail: number): void {
  const valid =
    ['minmax', 'quantile', 'online'].includes(mode) &&
    margin >= 0 &&
    margin < Infinity &&
    tail >= 0 &&
    tail < 0.5;
  if (valid) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `'mode' is minmax, quantile or online, 'margin' at least 0, 'tail' from 0 to below 0.5; got ${mode}, ${margin} and ${tail}.`,
    { details: { mode, margin, tail } },
  );
}

function checkChunk(chunk: ActionChunk, length: number, index: number): void {
  const bad = chunk.findIndex((value: number) => !Number.isFinite(value));
  if (chunk.length === length && bad === -1) return;
  const what = bad === -1 ? `has ${chunk.length} numbers` : `is ${chunk[bad]} at ${bad}`;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `Chunk ${index} ${what}; it must have ${length} finite ones, (steps, columns).`,
    { details: { chunk: index, length: chunk.length, expected: length, at: bad } },
  );
}
