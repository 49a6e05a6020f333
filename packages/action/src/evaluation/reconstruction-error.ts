import { requireInteger } from '@polytok/common';
import { requireLength } from '../check-chunk.js';
import type { ActionChunk } from '../contract.js';

/** How far decoded actions are from what was encoded, in the unit of the actions. Plain JSON. */
export interface ErrorMeasures {
  /** Mean squared error, in the unit's square. */
  readonly mse: number;
  readonly rmse: number;
  /** Mean absolute error. */
  readonly mae: number;
  /** Largest absolute error. */
  readonly maxAbs: number;
}

/** Errors of each column, and of all numbers together, whatever their units. Plain JSON. */
export interface ReconstructionError {
  /** Steps compared. */
  readonly steps: number;
  readonly columns: readonly ErrorMeasures[];
  readonly total: ErrorMeasures;
}

/** Errors of a stream of chunks. */
export class ErrorSums {
  readonly columns: number;
  readonly #squares: Float64Array;
  readonly #absolutes: Float64Array;
  readonly #largest: Float64Array;
  #steps = 0;

  /** @throws PolytokError `INVALID_ARGUMENT` */
  constructor(columns: number) {
    requireInteger(columns, 'columns', { minimum: 1 });
    this.columns = columns;
    this.#squares = new Float64Array(columns);
    this.#absolutes = new Float64Array(columns);
    this.#largest = new Float64Array(columns);
  }

  /**
   * @param source `(steps, columns)`
   * @param decoded of the same shape
   * @returns the largest absolute error of these
   * @throws PolytokError `INVALID_ARGUMENT` for shapes that differ
   */
  add(source: ActionChunk, decoded: ActionChunk): number {
    const { columns } = this;
    const steps = Math.round(source.length / columns);
    requireLength(source, 'source', steps, columns);
    requireLength(decoded, 'decoded', steps, columns);
    let largest = 0;
    for (let at = 0; at < source.length; at++) {
      const column = at % columns;
      const error = Math.abs(decoded[at] - source[at]);
      this.#squares[column] += error * error;
      this.#absolutes[column] += error;
      this.#largest[column] = Math.max(this.#largest[column], error);
      largest = Math.max(largest, error);
    }
    this.#steps += steps;
    return largest;
  }

  /** NaN before the first step. */
  summary(): ReconstructionError {
    const steps = this.#steps;
    const all = Array.from(this.#squares, (_, column) => column);
    const columns = all.map((column) =>
      measures(this.#squares[column], this.#absolutes[column], this.#largest[column], steps),
    );
    const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);
    const total = measures(
      sum(this.#squares),
      sum(this.#absolutes),
      Math.max(...this.#largest),
      steps * this.columns,
    );
    return { steps, columns, total };
  }
}

/**
 * Errors of one stretch of actions.
 * @param source `(steps, columns)`
 * @param decoded of the same shape
 * @throws PolytokError `INVALID_ARGUMENT` for shapes that differ
 */
export function reconstructionError(
  source: ActionChunk,
  decoded: ActionChunk,
  { columns }: { readonly columns: number },
): ReconstructionError {
  const sums = new ErrorSums(columns);
  sums.add(source, decoded);
  return sums.summary();
}

function measures(squares: number, absolutes: number, maxAbs: number, count: number): ErrorMeasures {
  const mse = squares / count;
  return { mse, rmse: Math.sqrt(mse), mae: absolutes / count, maxAbs };
}
