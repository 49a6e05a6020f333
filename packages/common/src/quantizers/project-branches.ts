import { requireInteger } from '../arguments.js';
import { MAX_BITS } from '../bit-order.js';
import { checkLength } from '../kernels/check-values.js';
import type { Kernels } from '../kernels/contract.js';
import { defaultKernels } from '../kernels/default-kernels.js';
import { MAX_VOTERS } from './voting-lfq.js';

/** Longest feature vector that a branch projects; published encoders have 512 to 1280 numbers. */
export const MAX_FEATURES = 1 << 16;

export interface ProjectBranchesOptions {
  /** `(rows, features)` */
  readonly vectors: Float32Array;
  /** `(voters, bits, features)`: one matrix W_i per branch. */
  readonly weights: Float32Array;
  /** `(voters, bits)`; default: zeros. */
  readonly bias?: Float32Array;
  readonly features: number;
  readonly voters: number;
  readonly bits: number;
  /** Default: WebAssembly kernels that all quantizers share. */
  readonly kernels?: Kernels;
}

/**
 * What the branches of Voting-LFQ vote on: `p_i = W_i·h + b_i` for every row h and branch i. Losses need it; for ids
 * alone the kernel `vote` goes from features to ids without it.
 * @returns `(rows, voters, bits)`
 * @throws PolytokError `INVALID_ARGUMENT` when sizes contradict each other or a number is not finite
 */
export function projectBranches(options: ProjectBranchesOptions): Float32Array {
  const { vectors, weights, bias, features, voters, bits, kernels = defaultKernels() } = options;
  requireInteger(features, 'features', { minimum: 1, maximum: MAX_FEATURES });
  requireInteger(voters, 'voters', { minimum: 1, maximum: MAX_VOTERS });
  requireInteger(bits, 'bits', { minimum: 1, maximum: MAX_BITS });
  const columns = voters * bits;
  checkLength('weights', weights, columns * features, '(voters, bits, features)');
  const matrix = kernels.prepareMatrix(weights, { inner: features, transposed: true, bias });
  try {
    const branches = new Float32Array(Math.floor(vectors.length / features) * columns);
    kernels.matmul(matrix, vectors, branches);
    return branches;
  } finally {
    matrix.dispose();
  }
}
