import { PolytokError, requireInteger, requirePositive } from '@polytok/common';
import { basisMatrix, uniformPhases } from './basis.js';
import { clampedKnots, type SplineShape } from './knots.js';
import { ridgeProjection } from './ridge-projection.js';

/** How many control points an end fixes: none, its position, or its position and velocity. */
export type EndOrder = 0 | 1 | 2;

export interface ConstrainedFitOptions extends SplineShape {
  /** Samples of a curve, equally spaced. */
  readonly steps: number;
  /** Default: 1. */
  readonly startOrder?: EndOrder;
  /** Default: 0. */
  readonly endOrder?: EndOrder;
  /** Seconds from the first sample to the last. Default: 1. */
  readonly duration?: number;
  /** λ of the fit, above 0. Default: 1e-9. */
  readonly ridge?: number;
}

/** What the ends are, where their order says that they are given. Velocities are per second. */
export interface CurveEnds {
  /** Default: 0, and then the ridge pulls towards 0. */
  readonly start?: number;
  readonly startVelocity?: number;
  readonly end?: number;
  readonly endVelocity?: number;
}

/**
 * The control points of a curve with given ends that fits samples best:
 *
 *     c₀ = start,  c₁ = start + v·duration·(kₚ₊₁ − k₁)/p,  and the same from the end
 *     the others minimise |x − Φc|² + λ|c − start|²
 *
 * as MP_PyTorch, under BEAST, enforces boundary conditions.
 */
export class ConstrainedFit {
  readonly #options: Required<Omit<ConstrainedFitOptions, 'innerKnots'>>;
  /** Φ, `(steps, points)`. */
  readonly #basis: Float64Array;
  /** From residuals to free control points, `(free, steps)`. */
  readonly #projection: Float64Array;
  /** (kₚ₊₁ − k₁)/p·duration: from the velocity at the start to the distance of two control points, and at the end. */
  readonly #startReach: number;
  readonly #endReach: number;
  readonly #residual: Float64Array;

  /** @throws PolytokError `INVALID_ARGUMENT` when the ends leave no control point free, or order 2 meets degree 0 */
  constructor(options: ConstrainedFitOptions) {
    const { steps, points, degree, innerKnots } = options;
    const { startOrder = 1, endOrder = 0, duration = 1, ridge = 1e-9 } = options;
    this.#options = { steps, points, degree, startOrder, endOrder, duration, ridge };
    requireInteger(steps, 'steps', { minimum: 1 });
    requirePositive(duration, 'duration');
    const knots = clampedKnots({ points, degree, innerKnots });
    const free = points - startOrder - endOrder;
    if (free < 1 || (degree === 0 && (startOrder === 2 || endOrder === 2))) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `Ends of order ${startOrder} and ${endOrder} need more than ${startOrder + endOrder} points, and order 2 a degree above 0; got ${points} and ${degree}.`,
        { details: { points, degree, startOrder, endOrder } },
      );
    }
    this.#basis = basisMatrix({ points, degree, innerKnots }, uniformPhases(steps));
    const inner = new Float64Array(steps * free);
    for (let step = 0; step < steps; step++) {
      const from = step * points + startOrder;
      inner.set(this.#basis.subarray(from, from + free), step * free);
    }
    this.#projection = ridgeProjection(inner, free, ridge);
    this.#startReach = degree === 0 ? 0 : ((knots[degree + 1] - knots[1]) / degree) * duration;
    this.#endReach =
      degree === 0 ? 0 : ((knots[points - 1 + degree] - knots[points - 1]) / degree) * duration;
    this.#residual = new Float64Array(steps);
  }

  /**
   * Fits one column, without allocation.
   * @param samples `(steps, columns)`
   * @param controlPoints `(points, columns)` receives those of `column`
   */
  fitColumn(
    samples: ArrayLike<number>,
    { columns, column }: { readonly columns: number; readonly column: number },
    { start = 0, startVelocity = 0, end = 0, endVelocity = 0 }: CurveEnds,
    controlPoints: Float64Array,
  ): void {
    const { steps, points, startOrder, endOrder } = this.#options;
    const at = (n: number) => n * columns + column;
    for (let n = 0; n < points; n++) controlPoints[at(n)] = start;
    if (startOrder === 2) controlPoints[at(1)] = start + startVelocity * this.#startReach;
    if (endOrder >= 1) controlPoints[at(points - 1)] = end;
    if (endOrder === 2) controlPoints[at(points - 2)] = end - endVelocity * this.#endReach;
    const residual = this.#residual;
    for (let step = 0; step < steps; step++) {
      let fixed = 0;
      for (let n = 0; n < points; n++) fixed += this.#basis[step * points + n] * controlPoints[at(n)];
      residual[step] = samples[step * columns + column] - fixed;
    }
    for (let n = startOrder; n < points - endOrder; n++) {
      let sum = start;
      const row = (n - startOrder) * steps;
      for (let step = 0; step < steps; step++) sum += this.#projection[row + step] * residual[step];
      controlPoints[at(n)] = sum;
    }
  }
}
