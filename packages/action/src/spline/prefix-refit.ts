import { PolytokError, requireInteger } from '@polytok/common';
import { basisMatrix, uniformPhases } from './basis.js';
import type { SplineShape } from './knots.js';
import { ridgeProjection } from './ridge-projection.js';

export interface PrefixRefitOptions extends SplineShape {
  /** Samples of a whole curve, equally spaced. */
  readonly steps: number;
  /** How many of them were executed already, at least `free`. */
  readonly prefix: number;
  /** Control points that may move, the first ones. Default: 4. */
  readonly free?: number;
  /** How strongly the last of them keeps its place, at least 0. Default: 0.05. */
  readonly weight?: number;
}

/** Keeps the normal equations solvable; far below what the published tolerance of 1e-8 shows. */
const RIDGE = 1e-12;

/**
 * Bends the start of a curve to what was executed before (ABPolicy, arXiv 2602.23901): the first control points are solved
 * again by least squares on the executed samples, the others stay, and √weight·(c_last − old) holds the two together.
 */
export class PrefixRefit {
  readonly #options: Required<Omit<PrefixRefitOptions, 'innerKnots'>>;
  /** `(prefix, points)` */
  readonly #basis: Float64Array;
  /** From residuals, and the old value, to the free control points, `(free, prefix + 1)`. */
  readonly #projection: Float64Array;
  readonly #residual: Float64Array;

  /** @throws PolytokError `INVALID_ARGUMENT` */
  constructor({ free = 4, weight = 0.05, ...rest }: PrefixRefitOptions) {
    const { steps, points, degree, prefix, innerKnots } = rest;
    this.#options = { ...rest, free, weight };
    requireInteger(free, 'free', { minimum: 1, maximum: points - 1 });
    requireInteger(prefix, 'prefix', { minimum: free, maximum: steps });
    if (!(weight >= 0 && weight < Infinity)) {
      throw new PolytokError('INVALID_ARGUMENT', `'weight' must be finite and at least 0; got ${weight}.`, {
        details: { weight },
      });
    }
    this.#basis = basisMatrix({ points, degree, innerKnots }, uniformPhases(steps).subarray(0, prefix));
    const system = new Float64Array((prefix + 1) * free);
    for (let step = 0; step < prefix; step++) {
      system.set(this.#basis.subarray(step * points, step * points + free), step * free);
    }
    system[system.length - 1] = Math.sqrt(weight);
    this.#projection = ridgeProjection(system, free, RIDGE);
    this.#residual = new Float64Array(prefix + 1);
  }

  /**
   * Refits one column in place, without allocation.
   * @param prefix `(prefix, columns)`: what was executed
   * @param controlPoints `(points, columns)`
   */
  refitColumn(
    prefix: ArrayLike<number>,
    { columns, column }: { readonly columns: number; readonly column: number },
    controlPoints: Float64Array,
  ): void {
    const { points, free, weight, prefix: length } = this.#options;
    const residual = this.#residual;
    for (let step = 0; step < length; step++) {
      let kept = 0;
      for (let n = free; n < points; n++)
        kept += this.#basis[step * points + n] * controlPoints[n * columns + column];
      residual[step] = prefix[step * columns + column] - kept;
    }
    residual[length] = Math.sqrt(weight) * controlPoints[(free - 1) * columns + column];
    for (let n = 0; n < free; n++) {
      let sum = 0;
      for (let row = 0; row <= length; row++) sum += this.#projection[n * (length + 1) + row] * residual[row];
      controlPoints[n * columns + column] = sum;
    }
  }
}
