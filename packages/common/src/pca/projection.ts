/**
 * Projections of principal component analysis (Pearson 1901; Hotelling 1933). With mean μ, components U `(components,
 * dimension)` and variances λ along them, a row x becomes
 *
 *     pca          U (x − μ)
 *     pca-whiten   Λ^(−1/2) U (x − μ)       covariance: identity
 *     zca          Uᵀ Λ^(−1/2) U (x − μ)    the whitened rows nearest to x − μ (Bell, Sejnowski 1997)
 */
import { requireChoice } from '../arguments.js';
import { PolytokError } from '../errors.js';
import { checkLength } from '../kernels/check-values.js';
import type { AsyncKernels, Kernels, Matrix } from '../kernels/contract.js';
import { defaultKernels } from '../kernels/default-kernels.js';
import { checkVectors } from '../quantizers/check-vectors.js';
import type { Vectors } from '../quantizers/contract.js';
import { PreparedOperands } from '../quantizers/prepared-operands.js';
import { awaitSteps, runSteps, type Steps } from '../steps.js';

export const PROJECTION_VARIANTS = ['pca', 'pca-whiten', 'zca'] as const;
export type ProjectionVariant = (typeof PROJECTION_VARIANTS)[number];

export interface ProjectionOptions {
  /** Default: 'pca'. */
  readonly variant?: ProjectionVariant;
  /** `(dimension)` */
  readonly mean: Float64Array;
  /** `(components, dimension)`: orthonormal rows, at least one. */
  readonly components: Float64Array;
  /** `(components)`: variance along each, above zero, the greatest first. */
  readonly variances: Float64Array;
  /** Variance of the rows in all directions, at least the sum of `variances`. */
  readonly totalVariance: number;
}

/** Room for rounding of `|component|²` and of sums of variances. */
const ROUNDING = 1e-6;

/** Bounds of a variance: its root and its inverse root stay within what kernels multiply. */
export const LEAST_VARIANCE = 1e-30;
const GREATEST_VARIANCE = 1e30;

/**
 * See the top of this file. Immutable. Fitted in double precision, applied in single precision by the kernels, with the
 * mean folded into one added vector; so a mean that is large against the deviations costs digits of the result.
 */
export class Projection {
  readonly type: ProjectionVariant;
  /** Values per row that {@link apply} takes and {@link invert} gives. */
  readonly dimension: number;
  /** Values per row that {@link apply} gives: the number of components, but `dimension` for 'zca'. */
  readonly outputDimension: number;
  readonly totalVariance: number;
  readonly #mean: Float64Array;
  readonly #components: Float64Array;
  readonly #variances: Float64Array;
  readonly #operands = new PreparedOperands((source) => {
    const { forward, backward } = this.#matrices();
    return {
      forward: source.prepareMatrix(forward.values, { ...forward, transposed: true }),
      backward: source.prepareMatrix(backward.values, { ...backward, transposed: true }),
    };
  });

  /** @throws PolytokError `INVALID_ARGUMENT` for options outside what {@link ProjectionOptions} says */
  constructor({ variant = 'pca', mean, components, variances, totalVariance }: ProjectionOptions) {
    requireChoice(variant, 'variant', PROJECTION_VARIANTS);
    checkLength('components', components, variances.length * mean.length, '(components, dimension)');
    checkVectors(mean, Math.max(1, mean.length));
    checkComponents(components, variances, mean.length);
    checkVariances(variances, totalVariance);
    this.type = variant;
    this.dimension = mean.length;
    this.outputDimension = variant === 'zca' ? mean.length : variances.length;
    this.totalVariance = totalVariance;
    this.#mean = mean.slice();
    this.#components = components.slice();
    this.#variances = variances.slice();
  }

  /** `(dimension)`, a copy. */
  get mean(): Float64Array {
    return this.#mean.slice();
  }

  /** `(components, dimension)`, a copy. */
  get components(): Float64Array {
    return this.#components.slice();
  }

  /** `(components)`, a copy. */
  get variances(): Float64Array {
    return this.#variances.slice();
  }

  /** Share of the variance that the components keep, at most 1. */
  get share(): number {
    const kept = this.#variances.reduce((sum, variance) => sum + variance, 0);
    return Math.min(1, kept / this.totalVariance);
  }

  /**
   * @param vectors `(rows, dimension)`; no rows are allowed
   * @returns `(rows, outputDimension)`
   * @throws PolytokError `INVALID_ARGUMENT` for another type of array, an incomplete row, NaN or an infinity
   */
  apply(vectors: Vectors): Float32Array {
    return runSteps(this.#multiply(defaultKernels(), 'forward', vectors));
  }

  /**
   * The rows that {@link apply} made these of, up to what components that were left out held.
   * @param vectors `(rows, outputDimension)`; no rows are allowed
   * @returns `(rows, dimension)`
   * @throws PolytokError as {@link apply}
   */
  invert(vectors: Vectors): Float32Array {
    return runSteps(this.#multiply(defaultKernels(), 'backward', vectors));
  }

  /** {@link apply} on other kernels, which hold the matrices until {@link dispose}. */
  async applyOn(kernels: Kernels | AsyncKernels, vectors: Vectors): Promise<Float32Array> {
    return awaitSteps(this.#multiply(kernels, 'forward', vectors));
  }

  /** {@link invert} on other kernels, which hold the matrices until {@link dispose}. */
  async invertOn(kernels: Kernels | AsyncKernels, vectors: Vectors): Promise<Float32Array> {
    return awaitSteps(this.#multiply(kernels, 'backward', vectors));
  }

  /** Frees what kernels hold for this projection, which stays usable. */
  dispose(): void {
    this.#operands.dispose();
  }

  *#multiply(
    kernels: Kernels | AsyncKernels,
    direction: 'forward' | 'backward',
    vectors: Vectors,
  ): Steps<Float32Array> {
    const matrix: Matrix = this.#operands.on(kernels)[direction];
    const rows = checkVectors(vectors, matrix.inner);
    const out = new Float32Array(rows * matrix.columns);
    const single = vectors instanceof Float32Array ? vectors : Float32Array.from(vectors);
    yield kernels.matmul(matrix, single, out);
    return out;
  }

  /** Both directions as weights `(columns, inner)` and what is added. */
  #matrices(): { forward: Affine; backward: Affine } {
    const { type, dimension, outputDimension } = this;
    const mean = this.#mean;
    const scaled = (power: number) => scaleRows(this.#components, this.#variances, power, dimension);
    const [there, back] = type === 'pca' ? [scaled(0), scaled(0)] : [scaled(-0.5), scaled(0.5)];
    const turnBack = type === 'zca';
    const weights = turnBack ? turned(this.#components, there, dimension) : there;
    const inverse = turnBack
      ? turned(this.#components, back, dimension)
      : transpose(back, outputDimension, dimension);
    const bias = new Float32Array(outputDimension);
    for (let row = 0; row < outputDimension; row++) {
      let sum = 0;
      for (let j = 0; j < dimension; j++) sum -= weights[row * dimension + j] * mean[j];
      bias[row] = sum;
    }
    return {
      forward: { values: Float32Array.from(weights), inner: dimension, bias },
      backward: {
        values: Float32Array.from(inverse),
        inner: outputDimension,
        bias: Float32Array.from(mean),
      },
    };
  }
}

interface Affine {
  readonly values: Float32Array;
  readonly inner: number;
  readonly bias: Float32Array;
}

/** Row `i` of `rows` `(count, width)` times `factors[i] ** power`. */
function scaleRows(rows: Float64Array, factors: Float64Array, power: number, width: number): Float64Array {
  return rows.map((value, at) => value * factors[Math.floor(at / width)] ** power);
}

function transpose(values: Float64Array, rows: number, columns: number): Float64Array {
  return values.map((_, at) => values[(at % rows) * columns + Math.floor(at / rows)]);
}

/** `Uᵀ · scaled`, `(dimension, dimension)`, of two `(components, dimension)`. */
function turned(components: Float64Array, scaled: Float64Array, dimension: number): Float64Array {
  const product = new Float64Array(dimension * dimension);
  for (let from = 0; from < components.length; from += dimension) {
    for (let i = 0; i < dimension; i++) {
      const weight = components[from + i];
      for (let j = 0; j < dimension; j++) product[i * dimension + j] += weight * scaled[from + j];
    }
  }
  return product;
}

function checkComponents(components: Float64Array, variances: Float64Array, dimension: number): void {
  if (variances.length === 0 || variances.length > dimension) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `A projection has 1 to ${dimension} components, as many as dimensions at most; got ${variances.length}.`,
      { details: { components: variances.length, dimension } },
    );
  }
  for (let row = 0; row < variances.length; row++) {
    const from = row * dimension;
    const squares = components
      .subarray(from, from + dimension)
      .reduce((sum, value) => sum + value * value, 0);
    if (Math.abs(squares - 1) <= ROUNDING) continue;
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `Component ${row} has length ${Math.sqrt(squares)}; components are orthonormal rows. Fit them with fitPca().`,
      { details: { component: row, length: Math.sqrt(squares) } },
    );
  }
}

function checkVariances(variances: Float64Array, totalVariance: number): void {
  const bad = variances.findIndex(
    (variance, at) =>
      !(variance >= LEAST_VARIANCE && variance <= Math.min(GREATEST_VARIANCE, variances[at - 1] ?? Infinity)),
  );
  const kept = variances.reduce((sum, variance) => sum + variance, 0);
  if (bad === -1 && kept <= totalVariance * (1 + ROUNDING) && totalVariance < Infinity) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `Variances must fall from component to component, be from ${LEAST_VARIANCE} to ${GREATEST_VARIANCE}, and sum to at most the total ${totalVariance}; got ${variances[bad] ?? kept}.`,
    { details: { component: bad, sum: kept, totalVariance } },
  );
}
