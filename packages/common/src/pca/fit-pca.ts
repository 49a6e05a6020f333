import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { requireChoice, requireInteger } from '../arguments.js';
import { breather } from '../breathe.js';
import { PolytokError, throwIfAborted } from '../errors.js';
import { VectorBatches, type VectorSource } from '../quantizers/kmeans/vector-batches.js';
import { awaitSteps } from '../steps.js';
import { Moments } from './moments.js';
import { LEAST_VARIANCE, PROJECTION_VARIANTS, Projection, type ProjectionVariant } from './projection.js';

export interface FitPcaOptions {
  /** Values per row, at most {@link MAX_PCA_DIMENSION}. */
  readonly dimension: number;
  /** Default: 'pca'. */
  readonly variant?: ProjectionVariant;
  /** Components to keep. Default: what `share` asks for, and without it all in whose direction the rows vary. */
  readonly components?: number;
  /** Least share of the variance that is kept, above 0 and at most 1, in place of `components`. Default: all. */
  readonly share?: number;
  /** Called after every batch. */
  readonly onProgress?: (progress: PcaProgress) => void;
  /** Looked at after every batch; finding the components at the end is one piece of work. */
  readonly signal?: AbortSignal;
}

export interface PcaProgress {
  /** Rows read so far. */
  readonly rows: number;
}

/** Most dimensions: the covariance and its decomposition take four matrices of 32 MB, and time that grows as the cube. */
export const MAX_PCA_DIMENSION = 2048;

/**
 * Variances below this share of the greatest are rounding of single precision, not variation of the rows: deviations
 * of 1e-6 are a few units in the last place of a float32.
 */
export const LEAST_VARIANCE_SHARE = 1e-12;

/**
 * Principal components of rows, read once: mean and covariance in double precision, then the eigenvectors of the
 * covariance. Each component's value of greatest magnitude is positive, so that the result is the same on every machine
 * up to rounding; the order of components with equal variances is open.
 *
 * Directions in which the rows do not vary (constant columns, sums of other columns, fewer rows than dimensions) are no
 * components: whitening would divide by their zero variance.
 * @param vectors `(rows, dimension)`, at least two rows that differ; also a generator, as it is read once
 * @throws PolytokError `INVALID_ARGUMENT` for rows with NaN or infinities, rows that are all equal, or more `components`
 * than directions in which rows vary; `LIMIT_EXCEEDED`, `ABORTED`, and what the source throws
 */
export async function fitPca(vectors: VectorSource, options: FitPcaOptions): Promise<Projection> {
  const { dimension, variant = 'pca', onProgress, signal } = options;
  checkOptions(options);
  throwIfAborted(signal, 'fitPca');
  const breathe = breather('fitPca', signal);
  const moments = new Moments(dimension);
  const batches = new VectorBatches(vectors, dimension, { passes: 'one' });
  await awaitSteps(
    batches.each(function* (batch) {
      moments.add(batch);
      onProgress?.({ rows: moments.rows });
      yield breathe();
    }),
  );
  if (moments.rows < 2) throw noVariance(moments.rows);
  const { components, variances } = principalAxes(moments.covariance(), dimension);
  const totalVariance = variances.reduce((sum, variance) => sum + Math.max(0, variance), 0);
  const least = Math.max(LEAST_VARIANCE, variances[0] * LEAST_VARIANCE_SHARE);
  const rank = variances.filter((variance) => variance >= least).length;
  if (rank === 0) throw noVariance(moments.rows);
  const kept = options.components ?? countForShare(variances.subarray(0, rank), totalVariance, options.share);
  if (kept > rank) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `${kept} components are asked for, and ${moments.rows} rows vary in ${rank} directions. Ask for at most ${rank}, or leave 'components' out.`,
      { details: { components: kept, rank, rows: moments.rows } },
    );
  }
  return new Projection({
    variant,
    mean: moments.mean,
    components: components.subarray(0, kept * dimension),
    variances: variances.subarray(0, kept),
    totalVariance,
  });
}

/** Eigenvectors as rows, of positive greatest value, and eigenvalues, the greatest first. */
function principalAxes(
  covariance: Float64Array,
  dimension: number,
): { components: Float64Array; variances: Float64Array } {
  const matrix = Matrix.from1DArray(dimension, dimension, covariance);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, {
    assumeSymmetric: true,
  });
  const variances = new Float64Array(dimension);
  const components = new Float64Array(dimension * dimension);
  const order = Array.from(realEigenvalues, (_, at) => at).sort(
    (a, b) => realEigenvalues[b] - realEigenvalues[a],
  );
  order.forEach((column, row) => {
    variances[row] = realEigenvalues[column];
    const axis = components.subarray(row * dimension, (row + 1) * dimension);
    let greatest = 0;
    for (let j = 0; j < dimension; j++) {
      axis[j] = eigenvectorMatrix.get(j, column);
      if (Math.abs(axis[j]) > Math.abs(axis[greatest])) greatest = j;
    }
    if (axis[greatest] < 0) for (let j = 0; j < dimension; j++) axis[j] = -axis[j];
  });
  return { components, variances };
}

function countForShare(variances: Float64Array, total: number, share: number | undefined): number {
  if (share === undefined) return variances.length;
  let sum = 0;
  const last = variances.findIndex((variance) => (sum += variance) >= share * total);
  return last === -1 ? variances.length : last + 1;
}

function checkOptions({ dimension, variant = 'pca', components, share }: FitPcaOptions): void {
  requireInteger(dimension, 'dimension', { minimum: 1 });
  if (dimension > MAX_PCA_DIMENSION) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `Principal components are found for at most ${MAX_PCA_DIMENSION} dimensions; got ${dimension}. Split the columns into groups.`,
      { details: { dimension, limit: MAX_PCA_DIMENSION } },
    );
  }
  requireChoice(variant, 'variant', PROJECTION_VARIANTS);
  if (components !== undefined) {
    requireInteger(components, 'components', { minimum: 1, maximum: dimension });
  }
  if (share === undefined) return;
  if (components !== undefined || !(share > 0 && share <= 1)) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `'share' must be above 0 and at most 1, and stands in place of 'components'; got share ${share} and components ${components}.`,
      { details: { name: 'share', share, components } },
    );
  }
}

function noVariance(rows: number): PolytokError {
  return new PolytokError(
    'INVALID_ARGUMENT',
    `Principal components need rows that differ; got ${rows === 1 ? 'one row' : `${rows} equal rows`}.`,
    { details: { rows } },
  );
}
