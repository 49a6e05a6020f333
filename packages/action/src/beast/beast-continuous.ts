import { requireChoice } from '@polytok/common';
import { requireFinite, requireLength } from '../check-chunk.js';
import type { ActionChunk } from '../contract.js';
import type { BeastJoin } from './beast-options.js';
import type { BeastTokenizer } from './beast-tokenizer.js';

export interface BeastContinuousOptions {
  /**
   * Order of the numbers: `basis-major` like the tokens, `[point][column]`, grippers last; or `dof-major`,
   * `[column][point]`, which beast_calvin emits.
   */
  readonly layout: 'basis-major' | 'dof-major';
}

/**
 * BEAST's continuous mode, for policies that regress or denoise: the control points of a chunk, each from −1 at its lower
 * bound to 1 at its upper one, not rounded.
 */
export class BeastContinuous {
  readonly #tokenizer: BeastTokenizer;
  readonly #weights: Float64Array;
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  /** Which control point each number stands for, in the tokenizer's order. */
  readonly #order: Uint32Array;

  constructor(tokenizer: BeastTokenizer, { layout }: BeastContinuousOptions) {
    requireChoice(layout, 'layout', ['basis-major', 'dof-major']);
    const { points, columns, grippers } = tokenizer.options;
    const joints = Array.from({ length: columns }, (_, d) => d).filter((d) => !grippers.includes(d));
    const inOrder = [...joints, ...grippers];
    this.#tokenizer = tokenizer;
    ({ low: this.#low, high: this.#high } = tokenizer.bounds);
    this.#weights = new Float64Array(points * columns);
    this.#order = Uint32Array.from({ length: points * columns }, (_, at) =>
      layout === 'basis-major'
        ? Math.floor(at / columns) * columns + inOrder[at % columns]
        : (at % points) * columns + inOrder[Math.floor(at / points)],
    );
  }

  /** `(points · columns)` from −1 to 1; 0 where both bounds are equal. @throws PolytokError `INVALID_ARGUMENT` */
  encode(chunk: ActionChunk, join?: BeastJoin): Float64Array {
    this.#tokenizer.fitInto(chunk, this.#weights, join);
    return Float64Array.from(this.#order, (from) => {
      const [low, high] = [this.#low[from], this.#high[from]];
      if (low === high) return 0;
      return (2 * (Math.min(Math.max(this.#weights[from], low), high) - low)) / (high - low) - 1;
    });
  }

  /** The chunk; numbers beyond −1 and 1 are clipped. @throws PolytokError `INVALID_ARGUMENT` */
  decode(values: ArrayLike<number>, join?: BeastJoin): Float64Array {
    const { points, columns, steps } = this.#tokenizer.options;
    requireLength(values, 'values', points, columns);
    requireFinite(values, columns);
    for (const [at, to] of this.#order.entries()) {
      const share = (Math.min(Math.max(values[at], -1), 1) + 1) / 2;
      this.#weights[to] = this.#low[to] + share * (this.#high[to] - this.#low[to]);
    }
    this.#tokenizer.overwriteStart(this.#weights, join);
    const chunk = new Float64Array(steps * columns);
    this.#tokenizer.evaluateInto(this.#weights, chunk);
    return chunk;
  }
}
