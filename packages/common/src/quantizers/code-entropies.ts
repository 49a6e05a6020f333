import { requirePositive } from '../arguments.js';
import { blocks } from '../kernels/blocks.js';
import { defaultKernels } from '../kernels/default-kernels.js';
import type { Vectors } from './contract.js';
import { softmaxEntropy } from './softmax-entropy.js';
import { type RowMask, trainingRows } from './training-rows.js';

export interface CodeEntropyOptions {
  /** `(rows, dimension)`, at least one row. */
  readonly vectors: Vectors;
  /** `(count, dimension)` */
  readonly codes: Float32Array;
  readonly dimension: number;
  /** τ, above 0. */
  readonly temperature: number;
  /** `(rows)`; default: all rows count. */
  readonly mask?: RowMask;
}

/** In nats, at most ln(count). */
export interface CodeEntropies {
  /** How undecided a row is between codes: mean over rows of H(p(·|x)). */
  readonly sample: number;
  /** How evenly the rows use the codes: H(mean over rows of p(·|x)), with ln(p + 10⁻⁵) for ln p. */
  readonly batch: number;
}

/** Keeps ln 0 out of the entropy of the mean, as Open-MAGVIT2 and IBQ do. */
const SMALL = 1e-5;

/**
 * Entropies of the soft choice among stored codes, `p(k | x) = softmax_k(x·e_k/τ)` (Open-MAGVIT2, arXiv 2409.04410; IBQ,
 * arXiv 2412.02692). Logits are single precision, as kernels compute them; softmax and sums are float64. Logits are held for
 * a block of rows at a time.
 * @throws PolytokError `INVALID_ARGUMENT` for bad vectors, codes or temperature, or no row that counts
 */
export function codeEntropies(options: CodeEntropyOptions): CodeEntropies {
  const { vectors, codes, dimension, temperature, mask } = options;
  requirePositive(temperature, 'temperature');
  const starts = trainingRows(vectors, dimension, mask);
  const count = codes.length / dimension;
  const kernels = defaultKernels();
  const matrix = kernels.prepareMatrix(codes, { inner: dimension, transposed: true });
  const mean = new Float64Array(count);
  const probabilities = new Float64Array(count);
  let sample = 0;
  try {
    for (const [from, end] of blocks(starts.length, count)) {
      const rows = new Float32Array((end - from) * dimension);
      for (let row = from; row < end; row++) {
        rows.set(vectors.subarray(starts[row], starts[row] + dimension), (row - from) * dimension);
      }
      const logits = new Float32Array((end - from) * count);
      kernels.matmul(matrix, rows, logits);
      for (let at = 0; at < logits.length; at += count) {
        sample += softmaxEntropy(logits.subarray(at, at + count), temperature, probabilities);
        for (let k = 0; k < count; k++) mean[k] += probabilities[k];
      }
    }
  } finally {
    matrix.dispose();
  }
  let batch = 0;
  for (let k = 0; k < count; k++) {
    const share = mean[k] / starts.length;
    batch -= share * Math.log(share + SMALL);
  }
  return { sample: sample / starts.length, batch };
}
