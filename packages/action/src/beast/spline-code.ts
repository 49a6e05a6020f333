import { BandedProduct } from '../spline/banded-product.js';
import { basisMatrix, uniformPhases } from '../spline/basis.js';
import { boundedFit } from '../spline/bounded-fit.js';
import { ConstrainedFit } from '../spline/constrained-fit.js';
import { clampedKnots, type SplineShape } from '../spline/knots.js';
import { ridgeProjection } from '../spline/ridge-projection.js';
import type { BeastJoin, CompleteBeastOptions } from './beast-options.js';
import type { WeightBounds } from './weight-bounds.js';

/**
 * Chunks to control points and back, for every column at once. Joints have curves of the given degree, grippers of
 * degree 0 with as many control points, each the mean of its stretch of the chunk. Nothing here allocates, once the
 * first chunk with a start has been fitted.
 */
export class SplineCode {
  readonly #options: CompleteBeastOptions;
  readonly #joints: ColumnGroup;
  readonly #grippers: ColumnGroup;
  /** Fits with order − 1 control points given at the start, made when they are needed. */
  readonly #constrained: (ConstrainedFit | undefined)[] = [];
  /** From the velocity of the first step to the distance of the first two control points. */
  readonly #reach: number;

  /** @throws PolytokError `INVALID_ARGUMENT` */
  constructor(options: CompleteBeastOptions) {
    this.#options = options;
    const { steps, columns, points, degree, innerKnots, grippers, ridge, duration } = options;
    const phases = uniformPhases(steps);
    const group = (shape: SplineShape, isMember: (column: number) => boolean): ColumnGroup => {
      const basis = basisMatrix(shape, phases);
      const members = Array.from({ length: columns }, (_, column) => column).filter(isMember);
      return {
        columns: Uint32Array.from(members),
        basis,
        curve: new BandedProduct(basis, points),
        projection: new BandedProduct(ridgeProjection(basis, points, ridge), steps),
      };
    };
    this.#joints = group({ points, degree, innerKnots }, (column) => !grippers.includes(column));
    this.#grippers = group({ points, degree: 0 }, (column) => grippers.includes(column));
    const knots = clampedKnots({ points, degree, innerKnots });
    this.#reach = degree === 0 ? 0 : ((knots[degree + 1] - knots[1]) / degree) * duration;
  }

  /**
   * Control points that fit a chunk best.
   * @param chunk `(steps, columns)`
   * @param weights `(points, columns)` receives the control points
   * @param join what the start of the joints will be when the chunk is decoded; the others then fit the rest
   */
  fit(chunk: ArrayLike<number>, weights: Float64Array, { start, velocity }: BeastJoin): void {
    const { columns } = this.#options;
    this.#grippers.projection.multiply(chunk, weights, columns, this.#grippers.columns);
    if (start === undefined) {
      this.#joints.projection.multiply(chunk, weights, columns, this.#joints.columns);
      return;
    }
    const fitter = this.#constrainedFit(velocity ? 2 : 1);
    for (const column of this.#joints.columns) {
      const ends = { start: start[column], startVelocity: velocity?.[column] };
      fitter.fitColumn(chunk, { columns, column }, ends, weights);
    }
  }

  /** Moves the first control point of each joint to where it starts, and the second so that it starts with its velocity. */
  overwriteStart(weights: Float64Array, { start, velocity }: BeastJoin): void {
    if (start === undefined) return;
    const { columns } = this.#options;
    for (const column of this.#joints.columns) {
      weights[column] = start[column];
      if (velocity) weights[columns + column] = start[column] + velocity[column] * this.#reach;
    }
  }

  /**
   * Replaces control points that are out of bounds, and their neighbours, by the best ones within them.
   * @param fixed how many control points of the joints are given, and stay
   */
  fitWithin(
    { low, high }: WeightBounds,
    chunk: ArrayLike<number>,
    weights: Float64Array,
    fixed: number,
  ): void {
    const { steps, points, columns } = this.#options;
    for (const { columns: members, basis } of [this.#joints, this.#grippers]) {
      const kept = members === this.#joints.columns ? fixed : 0;
      for (const column of members) {
        const at = (n: number) => n * columns + column;
        const inside = Array.from({ length: points }, (_, n) => at(n)).every(
          (index, n) => n < kept || (weights[index] >= low[index] && weights[index] <= high[index]),
        );
        if (inside) continue;
        const least = Float64Array.from({ length: points }, (_, n) =>
          n < kept ? weights[at(n)] : low[at(n)],
        );
        const most = Float64Array.from({ length: points }, (_, n) =>
          n < kept ? weights[at(n)] : high[at(n)],
        );
        const best = Float64Array.from(least, (value, n) =>
          Math.min(Math.max(weights[at(n)], value), most[n]),
        );
        const target = new Float64Array(points);
        for (let step = 0; step < steps; step++) {
          for (let n = 0; n < points; n++)
            target[n] += basis[step * points + n] * chunk[step * columns + column];
        }
        boundedFit({ gram: this.#gramOf(basis), target, low: least, high: most }, best);
        for (let n = 0; n < points; n++) weights[at(n)] = best[n];
      }
    }
  }

  /**
   * The chunk that control points describe.
   * @param weights `(points, columns)`
   * @param chunk `(steps, columns)` receives the actions
   */
  evaluate(weights: Float64Array, chunk: Float32Array | Float64Array): void {
    const { columns } = this.#options;
    this.#joints.curve.multiply(weights, chunk, columns, this.#joints.columns);
    this.#grippers.curve.multiply(weights, chunk, columns, this.#grippers.columns);
  }

  #constrainedFit(startOrder: 1 | 2): ConstrainedFit {
    const { steps, points, degree, innerKnots, duration, ridge } = this.#options;
    this.#constrained[startOrder] ??= new ConstrainedFit({
      steps,
      points,
      degree,
      innerKnots,
      startOrder,
      duration,
      ridge,
    });
    return this.#constrained[startOrder];
  }

  /** ΦᵀΦ + λI */
  #gramOf(basis: Float64Array): Float64Array {
    const { steps, points, ridge } = this.#options;
    const gram = new Float64Array(points * points);
    for (let n = 0; n < points; n++) {
      for (let k = 0; k < points; k++) {
        let sum = n === k ? ridge : 0;
        for (let step = 0; step < steps; step++) sum += basis[step * points + n] * basis[step * points + k];
        gram[n * points + k] = sum;
      }
    }
    return gram;
  }
}

/** Columns with curves of the same degree. */
interface ColumnGroup {
  readonly columns: Uint32Array;
  /** `(steps, points)` */
  readonly basis: Float64Array;
  /** The basis: control points to steps. */
  readonly curve: BandedProduct;
  /** Steps to control points. */
  readonly projection: BandedProduct;
}
