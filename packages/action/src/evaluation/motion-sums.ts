import type { ActionChunk } from '../contract.js';
import { type LimitShares, LimitSums, type MotionLimits } from './limit-share.js';
import { type SeamGaps, type SeamOptions, SeamSums } from './seams.js';
import { type Smoothness, SmoothnessSums } from './smoothness.js';

/** How actions move, over a stream of whole episodes. */
export class MotionSums {
  readonly #seams: SeamSums;
  readonly #smoothness: SmoothnessSums;
  readonly #limits: LimitSums | undefined;

  /** @throws PolytokError `INVALID_ARGUMENT` */
  constructor(options: SeamOptions, limits: MotionLimits | undefined) {
    this.#seams = new SeamSums(options);
    this.#smoothness = new SmoothnessSums(options);
    this.#limits = limits && new LimitSums(limits, options);
  }

  /** @param values `(steps, columns)`: one episode */
  add(values: ActionChunk): void {
    this.#seams.add(values);
    this.#smoothness.add(values);
    this.#limits?.add(values);
  }

  get seams(): SeamGaps {
    return this.#seams.summary();
  }

  get smoothness(): Smoothness {
    return this.#smoothness.summary();
  }

  /** Undefined where no limits were given. */
  get limits(): LimitShares | undefined {
    return this.#limits?.summary();
  }
}
