import { PolytokError } from '../errors.js';
import { checkVectors } from './check-vectors.js';
import type { Vectors } from './contract.js';
import { requireIntegers } from './options.js';
import { MAX_BITS } from './sign-bits.js';
import { MAX_VOTERS } from './voting-lfq.js';

/** Longest feature vector that a branch projects; published encoders have 512 to 1280 numbers. */
export const MAX_FEATURES = 1 << 16;

export interface ProjectBranchesOptions {
  /** `(rows, features)` */
  readonly vectors: Vectors;
  /** `(voters, bits, features)`: one matrix W_i per branch. */
  readonly weights: Vectors;
  /** `(voters, bits)`; default: zeros. */
  readonly bias?: Vectors;
  readonly features: number;
  readonly voters: number;
  readonly bits: number;
}

/**
 * What the branches of Voting-LFQ vote on: `p_i = W_i·h + b_i` for every row h and branch i, summed in double precision.
 * @returns `(rows, voters, bits)`
 * @throws PolytokError `INVALID_ARGUMENT` when sizes contradict each other or a number is not finite
 */
export function projectBranches(options: ProjectBranchesOptions): Float64Array {
  const { vectors, weights, bias, features, voters, bits } = options;
  requireIntegers([features], 'features', { minimum: 1, maximum: MAX_FEATURES });
  requireIntegers([voters], 'voters', { minimum: 1, maximum: MAX_VOTERS });
  requireIntegers([bits], 'bits', { minimum: 1, maximum: MAX_BITS });
  const outputs = voters * bits;
  const rows = checkVectors(vectors, features);
  requireRows(checkVectors(weights, features), outputs, 'weights');
  if (bias !== undefined) requireRows(checkVectors(bias, 1), outputs, 'bias');

  const branches = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    for (let output = 0; output < outputs; output++) {
      let sum = bias?.[output] ?? 0;
      const h = row * features;
      const w = output * features;
      for (let k = 0; k < features; k++) sum += vectors[h + k] * weights[w + k];
      branches[row * outputs + output] = sum;
    }
  }
  return branches;
}

function requireRows(actual: number, expected: number, name: string): void {
  if (actual === expected) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `'${name}' must have voters × bits = ${expected} rows; it has ${actual}.`,
    { details: { name, actual, expected } },
  );
}
