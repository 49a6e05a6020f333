import { PolytokError, requireInteger, requirePositive } from '@polytok/common';
import { basisMatrix } from './basis.js';
import { clampedKnots, type SplineShape } from './knots.js';

export interface ActionCurveOptions {
  /** `(points, columns)`, row-major. Kept, not copied. */
  readonly controlPoints: Float64Array;
  /** `(columns)`: degree of each column's curve. */
  readonly degrees: readonly number[];
  /** Of all curves of a degree above 0, see `SplineShape`; their degrees are the same then. Default: equally spaced. */
  readonly innerKnots?: readonly number[];
  /** Seconds from phase 0 to phase 1. Default: 1. */
  readonly duration?: number;
}

/** Where a curve is evaluated: phases from 0 to 1, or times from 0 to the duration, in seconds. */
export type CurveQuery = { readonly phases: ArrayLike<number> } | { readonly times: ArrayLike<number> };

/**
 * One clamped B-spline per column, and its derivatives. A derivative is a spline again, of one degree and one
 * point less:
 *
 *     qᵢ = p·(cᵢ₊₁ − cᵢ)/(kᵢ₊ₚ₊₁ − kᵢ₊₁)/duration
 */
export class ActionCurve {
  readonly columns: number;
  readonly points: number;
  readonly duration: number;
  readonly #controlPoints: Float64Array;
  readonly #degrees: readonly number[];
  readonly #innerKnots: readonly number[] | undefined;

  /** @throws PolytokError `INVALID_ARGUMENT` for sizes that do not fit */
  constructor({ controlPoints, degrees, innerKnots, duration = 1 }: ActionCurveOptions) {
    requirePositive(duration, 'duration');
    requireInteger(degrees.length, 'degrees.length', { minimum: 1 });
    this.columns = degrees.length;
    this.points = controlPoints.length / degrees.length;
    this.duration = duration;
    this.#controlPoints = controlPoints;
    this.#degrees = degrees;
    this.#innerKnots = innerKnots;
    for (const degree of new Set(degrees)) clampedKnots(this.#shape(degree, 0));
  }

  /** `(rows, columns)`: the curve. @throws PolytokError `INVALID_ARGUMENT` outside phases 0 to 1 */
  at(query: CurveQuery): Float64Array {
    return this.derivativeAt(query, 0);
  }

  /** `(rows, columns)`, per second. @throws PolytokError `INVALID_ARGUMENT` */
  velocityAt(query: CurveQuery): Float64Array {
    return this.derivativeAt(query, 1);
  }

  /** `(rows, columns)`, per second². @throws PolytokError `INVALID_ARGUMENT` */
  accelerationAt(query: CurveQuery): Float64Array {
    return this.derivativeAt(query, 2);
  }

  /**
   * `(rows, columns)`: any derivative by time. Curves of a lower degree have none: 0.
   * @throws PolytokError `INVALID_ARGUMENT`
   */
  derivativeAt(query: CurveQuery, order: number): Float64Array {
    requireInteger(order, 'order');
    const phases = this.#phasesOf(query);
    const rows = new Float64Array(phases.length * this.columns);
    for (const degree of new Set(this.#degrees)) {
      if (order > degree) continue;
      const points = this.points - order;
      const basis = basisMatrix(this.#shape(degree, order), phases);
      for (let column = 0; column < this.columns; column++) {
        if (this.#degrees[column] !== degree) continue;
        const weights = this.#differences(column, degree, order);
        for (let row = 0; row < phases.length; row++) {
          let sum = 0;
          for (let n = 0; n < points; n++) sum += basis[row * points + n] * weights[n];
          rows[row * this.columns + column] = sum;
        }
      }
    }
    return rows;
  }

  /** Control points of a derivative of one column. */
  #differences(column: number, degree: number, order: number): Float64Array {
    const { points, columns, duration } = this;
    const weights = Float64Array.from(
      { length: points },
      (_, n) => this.#controlPoints[n * columns + column],
    );
    for (let done = 0; done < order; done++) {
      const p = degree - done;
      const knots = clampedKnots(this.#shape(degree, done));
      for (let i = 0; i < points - done - 1; i++) {
        weights[i] = (p * (weights[i + 1] - weights[i])) / (knots[i + p + 1] - knots[i + 1]) / duration;
      }
    }
    return weights;
  }

  /** Of a derivative of the curves of a degree: its knots are theirs without the first and last ones. */
  #shape(degree: number, order: number): SplineShape {
    const innerKnots = degree > 0 ? this.#innerKnots : undefined;
    return { points: this.points - order, degree: degree - order, innerKnots };
  }

  #phasesOf(query: CurveQuery): ArrayLike<number> {
    if ('phases' in query) return query.phases;
    const { times } = query;
    const outside = Array.from(times).find((time) => !(time >= 0 && time <= this.duration));
    if (outside === undefined) return Float64Array.from(times, (time) => time / this.duration);
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `Time ${outside} is not on this curve, which lasts from 0 to ${this.duration} seconds.`,
      { details: { time: outside, duration: this.duration } },
    );
  }
}
