/**
 * How unevenly a codebook is used, as a loss that can be learnt from: the `codebook_diversity` of vector-quantize-pytorch.
 * With t the temperature, which multiplies,
 *
 *     p(k | x) = softmax_k(t·s_k),   s_k = −max(|x − e_k|, 1e-4), under cosine x·e_k
 *     p̄_n(k)   = mean over the batch of p(k | x) at position n
 *     loss     = mean over n of Σ_k p̄_n(k)·ln max(p̄_n(k), 1e-5)
 *
 * It is the negative entropy of the mean choice: 0 where all rows of a position choose one code, −ln(count) where they use
 * all codes alike.
 */
import { requireChoice, requireInteger, requirePositive } from '../arguments.js';
import { PolytokError } from '../errors.js';
import { checkValues } from '../kernels/check-values.js';
import { type CodeTable, scoreOf } from '../kernels/score.js';
import { checkCodes } from './check-codes.js';
import type { Vectors } from './contract.js';
import { softmaxEntropy } from './softmax-entropy.js';
import { trainingRows } from './training-rows.js';
import { VQ_VARIANTS, type VqVariant } from './vq.js';

export interface DiversityLossOptions {
  /** x, `(batch, positions, dimension)`, at least one row; of magnitude at most 1e15; under cosine unit vectors. */
  readonly vectors: Vectors;
  /** e, `(count, dimension)`; under cosine unit vectors. */
  readonly codes: Float32Array;
  readonly dimension: number;
  /** Positions of one item of the batch; each has an entropy of its own. Default: 1, so that all rows share one. */
  readonly positions?: number;
  /** Default: 'vq'. */
  readonly variant?: VqVariant;
  /** t, above 0; the larger, the closer p is to a choice of one code. Default: 100. */
  readonly temperature?: number;
}

export interface DiversityLoss {
  /** In nats. Neither weighted nor negated: to be added to other losses with a weight above 0. */
  readonly loss: number;
  /** ∂loss/∂x, as `vectors`. */
  readonly vectorGradient: Float64Array;
  /** ∂loss/∂e, `(count, dimension)`. */
  readonly codeGradient: Float64Array;
}

/** Least distance, at which the root still has a slope. */
const LEAST_DISTANCE = 1e-4;
/** Least probability that a logarithm is taken of. */
const LEAST_SHARE = 1e-5;

/**
 * See the top of this file. Vectors are rounded to single precision, as quantizers round them. Time O(rows · count ·
 * dimension), in two passes, so that no matrix `(rows, count)` is held.
 * @throws PolytokError `INVALID_ARGUMENT` for bad vectors, codes or options, or rows that do not fill the last item
 */
export function diversityLoss(options: DiversityLossOptions): DiversityLoss {
  const { codes, dimension, positions = 1, variant = 'vq', temperature = 100 } = options;
  const count = checkCodes(codes, dimension);
  requireInteger(positions, 'positions', { minimum: 1 });
  requireChoice(variant, 'variant', VQ_VARIANTS);
  requirePositive(temperature, 'temperature');
  const rows = trainingRows(options.vectors, dimension).length;
  const batch = batchOf(rows, positions);
  const vectors = Float32Array.from(options.vectors);
  checkValues('vectors', vectors, dimension);

  const table: CodeTable = { codes, dimensions: dimension, metric: variant === 'vq' ? 'euclidean' : 'dot' };
  const scores = new Float64Array(count);
  const choice = new Float64Array(count);
  const choose = (row: number) => {
    for (let k = 0; k < count; k++) scores[k] = similarity(table, k, vectors, row);
    softmaxEntropy(scores, 1 / temperature, choice);
  };

  const means = new Float64Array(positions * count);
  for (let row = 0; row < rows; row++) {
    choose(row);
    const from = (row % positions) * count;
    for (let k = 0; k < count; k++) means[from + k] += choice[k] / batch;
  }
  let loss = 0;
  for (const share of means) loss += (share * Math.log(Math.max(share, LEAST_SHARE))) / positions;

  // ∂loss/∂p(k | x), the same for all rows of a position.
  const slopes = means.map(
    (share) => (Math.log(Math.max(share, LEAST_SHARE)) + Number(share >= LEAST_SHARE)) / rows,
  );
  const gradients = {
    vectorGradient: new Float64Array(vectors.length),
    codeGradient: new Float64Array(codes.length),
  };
  for (let row = 0; row < rows; row++) {
    choose(row);
    const from = (row % positions) * count;
    let mean = 0;
    for (let k = 0; k < count; k++) mean += choice[k] * slopes[from + k];
    for (let k = 0; k < count; k++) {
      const slope = temperature * choice[k] * (slopes[from + k] - mean);
      if (slope !== 0)
        addSimilarityGradient(table, { vectors, row, code: k, score: scores[k], slope }, gradients);
    }
  }
  return { loss, ...gradients };
}

/** s of a row and a code. */
function similarity(table: CodeTable, code: number, vectors: Float32Array, row: number): number {
  const score = scoreOf(table, code, vectors, row);
  return table.metric === 'euclidean' ? -Math.max(Math.sqrt(score), LEAST_DISTANCE) : score;
}

interface Pair {
  readonly vectors: Float32Array;
  readonly row: number;
  readonly code: number;
  /** s of the two. */
  readonly score: number;
  /** ∂loss/∂s */
  readonly slope: number;
}

/** Adds `slope` times ∂s/∂x and ∂s/∂e. */
function addSimilarityGradient(
  { codes, dimensions, metric }: CodeTable,
  { vectors, row, code, score, slope }: Pair,
  { vectorGradient, codeGradient }: Omit<DiversityLoss, 'loss'>,
): void {
  if (metric === 'euclidean' && score >= -LEAST_DISTANCE) return;
  for (let j = 0, x = row * dimensions, e = code * dimensions; j < dimensions; j++, x++, e++) {
    if (metric === 'euclidean') {
      // ∂|x − e|/∂x = (x − e)/|x − e|, and the score is minus the distance.
      const pull = (slope * (vectors[x] - codes[e])) / score;
      vectorGradient[x] += pull;
      codeGradient[e] -= pull;
    } else {
      vectorGradient[x] += slope * codes[e];
      codeGradient[e] += slope * vectors[x];
    }
  }
}

/** Items of the batch. @throws PolytokError `INVALID_ARGUMENT` */
function batchOf(rows: number, positions: number): number {
  if (rows % positions === 0) return rows / positions;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `${rows} rows are not a whole number of items with ${positions} positions. Pass (batch, positions, dimension), row after row.`,
    { details: { rows, positions } },
  );
}
