import { basisMatrix, uniformPhases } from '../spline/basis.js';
import { ridgeProjection } from '../spline/ridge-projection.js';
import type { BeastOptions } from './beast-options.js';

/**
 * Chunks to control points and back, for every column at once. Joints have curves of the given degree, grippers of
 * degree 0 with as many control points, each the mean of its stretch of the chunk.
 */
export class SplineCode {
  readonly #steps: number;
  readonly #columns: number;
  readonly #points: number;
  readonly #shapes: readonly ColumnShape[];

  /** @throws PolytokError `INVALID_ARGUMENT` */
  constructor({ steps, columns, points, degree, grippers, ridge }: Required<BeastOptions>) {
    this.#steps = steps;
    this.#columns = columns;
    this.#points = points;
    const phases = uniformPhases(steps);
    const shape = (of: number): ColumnShape => {
      const basis = basisMatrix({ points, degree: of }, phases);
      return { degree: of, basis, projection: ridgeProjection(basis, points, ridge) };
    };
    const joint = shape(degree);
    const gripper = shape(0);
    this.#shapes = Array.from({ length: columns }, (_, d) => (grippers.includes(d) ? gripper : joint));
  }

  /**
   * Control points that fit a chunk best.
   * @param chunk `(steps, columns)`
   * @param weights `(points, columns)` receives the control points
   */
  fit(chunk: ArrayLike<number>, weights: Float64Array): void {
    for (let d = 0; d < this.#columns; d++) {
      multiply(this.#shapes[d].projection, this.#steps, chunk, weights, {
        columns: this.#columns,
        column: d,
      });
    }
  }

  /**
   * The chunk that control points describe.
   * @param weights `(points, columns)`
   * @param chunk `(steps, columns)` receives the actions
   */
  evaluate(weights: Float64Array, chunk: Float32Array | Float64Array): void {
    for (let d = 0; d < this.#columns; d++) {
      multiply(this.#shapes[d].basis, this.#points, weights, chunk, { columns: this.#columns, column: d });
    }
  }

  /** Values of a column's basis functions at any phases, `(phases, points)`. @throws PolytokError `INVALID_ARGUMENT` */
  basisAt(column: number, phases: ArrayLike<number>): Float64Array {
    return basisMatrix({ points: this.#points, degree: this.#shapes[column].degree }, phases);
  }
}

interface ColumnShape {
  readonly degree: number;
  /** `(steps, points)` */
  readonly basis: Float64Array;
  /** `(points, steps)` */
  readonly projection: Float64Array;
}

/** Column `column` of `out` becomes `matrix` · that column of `values`; both are row-major with `columns` columns. */
export function multiply(
  matrix: Float64Array,
  inner: number,
  values: ArrayLike<number>,
  out: Float32Array | Float64Array,
  { columns, column }: { readonly columns: number; readonly column: number },
): void {
  const rows = matrix.length / inner;
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let k = 0, at = column; k < inner; k++, at += columns) sum += matrix[row * inner + k] * values[at];
    out[row * columns + column] = sum;
  }
}
