import { PolytokError, requireChoice } from '@polytok/common';
import { requireFinite, requireLength } from '../check-chunk.js';
import type { ActionChunk } from '../contract.js';
import { sortedQuantile } from '../normalize/quantile-estimate.js';
import { Reservoir } from '../reservoir.js';
import { type BeastOptions, completeBeastOptions } from './beast-options.js';
import { SplineCode } from './spline-code.js';
import type { WeightBounds } from './weight-bounds.js';

export interface BeastBoundsOptions extends BeastOptions {
  /**
   * How bounds follow from the control points of the chunks.
   * - `minmax`: their extremes. Clips nothing of these chunks.
   * - `quantile`: the quantiles `tail` and 1 − `tail`, by linear interpolation; `precompute` in the official code.
   * - `online`: from ±0.02 outwards to the extremes, each bound only where an extreme lies more than 1e-4 outside, chunk
   *   after chunk; what the released configurations do, frozen here at the end.
   *
   * Default: 'minmax'.
   */
  readonly mode?: 'minmax' | 'quantile' | 'online';
  /** Share of the range added at either end, for `minmax` and `quantile`. Default: 0. */
  readonly margin?: number;
  /** Share of control points left out at either end, for `quantile`: from 0 to below 0.5. Default: 0.01. */
  readonly tail?: number;
}

/** What fitting found. */
export interface BeastBoundsFit {
  readonly bounds: WeightBounds;
  readonly chunks: number;
  /** Share of the control points that the bounds clip, among those that were held: all, up to {@link MAX_HELD_CHUNKS}. */
  readonly clipped: number;
}

/**
 * Chunks whose control points are held for quantiles and for the clipped share. Beyond, each chunk is held with equal
 * probability, by a fixed seed: quantiles are then off by about √(tail·(1 − tail)/32768) in rank, 0.05 % for a tail of 1 %.
 */
export const MAX_HELD_CHUNKS = 1 << 15;

const ONLINE_START = 0.02;
const ONLINE_SLACK = 1e-4;

/**
 * Bounds for a `BeastTokenizer` from training chunks.
 * @param chunks each `(steps, columns)`
 * @throws PolytokError `INVALID_ARGUMENT` for options, no chunk, or a chunk of another shape or with NaN, naming it
 */
export function fitBeastBounds(chunks: Iterable<ActionChunk>, options: BeastBoundsOptions): BeastBoundsFit {
  const fitter = new BeastBoundsFitter(options);
  for (const chunk of chunks) fitter.add(chunk);
  return fitter.finish();
}

/**
 * {@link fitBeastBounds} for data that come bit by bit, in constant memory:
 *
 *     for await (const episode of episodes) for (const chunk of chunksOf(episode, { steps })) fitter.add(chunk);
 */
export class BeastBoundsFitter {
  readonly #options: Required<Pick<BeastBoundsOptions, 'mode' | 'margin' | 'tail'>>;
  readonly #code: SplineCode;
  readonly #steps: number;
  readonly #columns: number;
  readonly #weights: Float64Array;
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  readonly #held = new Reservoir<Float64Array>(MAX_HELD_CHUNKS);

  /** @throws PolytokError `INVALID_ARGUMENT` */
  constructor({ mode = 'minmax', margin = 0, tail = 0.01, ...sizes }: BeastBoundsOptions) {
    requireChoice(mode, 'mode', ['minmax', 'quantile', 'online']);
    if (!(margin >= 0 && margin < Infinity && tail >= 0 && tail < 0.5)) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `'margin' is at least 0, 'tail' from 0 to below 0.5; got ${margin} and ${tail}.`,
        { details: { margin, tail } },
      );
    }
    const complete = completeBeastOptions(sizes);
    this.#options = { mode, margin, tail };
    this.#code = new SplineCode(complete);
    this.#steps = complete.steps;
    this.#columns = complete.columns;
    const length = complete.points * complete.columns;
    this.#weights = new Float64Array(length);
    this.#low = new Float64Array(length).fill(mode === 'online' ? -ONLINE_START : Infinity);
    this.#high = new Float64Array(length).fill(mode === 'online' ? ONLINE_START : -Infinity);
  }

  /** @param chunk `(steps, columns)` @throws PolytokError `INVALID_ARGUMENT`; the chunk then does not count */
  add(chunk: ActionChunk): void {
    this.#check(chunk);
    this.#code.fit(chunk, this.#weights, {});
    const slack = this.#options.mode === 'online' ? ONLINE_SLACK : 0;
    for (const [at, weight] of this.#weights.entries()) {
      if (weight < this.#low[at] - slack) this.#low[at] = weight;
      if (weight > this.#high[at] + slack) this.#high[at] = weight;
    }
    this.#held.offer(() => this.#weights.slice());
  }

  /** The bounds of all chunks so far. @throws PolytokError `INVALID_ARGUMENT` when there are none */
  finish(): BeastBoundsFit {
    if (this.#held.seen === 0) {
      throw new PolytokError('INVALID_ARGUMENT', 'Bounds are fitted to at least one chunk; got none.');
    }
    const { mode, margin } = this.#options;
    const low = this.#low.slice();
    const high = this.#high.slice();
    if (mode === 'quantile') this.#takeQuantiles(low, high);
    if (mode !== 'online') {
      for (let at = 0; at < low.length; at++) {
        const spread = margin * (high[at] - low[at]);
        low[at] -= spread;
        high[at] += spread;
      }
    }
    return { bounds: { low, high }, chunks: this.#held.seen, clipped: this.#clippedShare(low, high) };
  }

  #takeQuantiles(low: Float64Array, high: Float64Array): void {
    const { tail } = this.#options;
    for (let at = 0; at < low.length; at++) {
      const sorted = Float64Array.from(this.#held.items, (weights) => weights[at]).sort();
      low[at] = sortedQuantile(sorted, tail);
      high[at] = sortedQuantile(sorted, 1 - tail);
    }
  }

  #clippedShare(low: Float64Array, high: Float64Array): number {
    let outside = 0;
    for (const weights of this.#held.items) {
      for (let at = 0; at < low.length; at++) if (weights[at] < low[at] || weights[at] > high[at]) outside++;
    }
    return outside / (this.#held.items.length * low.length);
  }

  #check(chunk: ActionChunk): void {
    try {
      requireLength(chunk, 'chunk', this.#steps, this.#columns);
      requireFinite(chunk, this.#columns);
    } catch (error) {
      const { message, details } = error as PolytokError;
      throw new PolytokError('INVALID_ARGUMENT', `Chunk ${this.#held.seen}: ${message}`, {
        details: { chunk: this.#held.seen, ...details },
        cause: error,
      });
    }
  }
}
