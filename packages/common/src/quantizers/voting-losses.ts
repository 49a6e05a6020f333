/**
 * The auxiliary losses of Voting-LFQ (StableToken, arXiv 2509.22220, section 3.2), over the numbers p_i that the
 * branches i vote with:
 *
 *     consensus   pulls the branches together:  |p_i − p̄|², p̄ = mean_i p_i
 *     commitment  pulls each to the soft average of the signs:  (p_i − s)²
 *     codebook    sample entropy − batch entropy of each branch
 *
 * Two forms of the consensus loss are published: the paper's is a mean over branches of the squared length, the
 * released code's a sum over branches of the mean over dimensions, N/d times as large.
 */

import { requireChoice } from '../arguments.js';
import type { Vectors } from './contract.js';
import { mean } from './mean.js';
import { meanSquaredDistance } from './mean-squared-distance.js';
import { signEntropies, signEntropyGradient } from './sign-entropy.js';
import type { RowMask } from './training-rows.js';
import type { VotingLfq } from './voting-lfq.js';

export interface CodebookLossOptions {
  readonly quantizer: VotingLfq;
  /** `(rows, voters, bits)`, at least one row. */
  readonly branches: Vectors;
  /** `(rows)`; default: all rows count. */
  readonly mask?: RowMask;
  /** τ. Default: 0.01. */
  readonly temperature?: number;
  /** Default: 1. */
  readonly sampleWeight?: number;
  /** Default: 1. */
  readonly batchWeight?: number;
}

export interface VotingLossOptions extends CodebookLossOptions {
  /** Which consensus loss `total` has. Default: 'released'. */
  readonly consensusForm?: 'paper' | 'released';
  /** Default: 0.25. */
  readonly consensusWeight?: number;
  /** Default: 0.25. */
  readonly commitmentWeight?: number;
  /** Default: 1. */
  readonly codebookWeight?: number;
}

export interface VotingLosses {
  /** Mean over rows and branches of |p_i − p̄|². */
  readonly consensusPaper: number;
  /** Sum over branches of the mean over rows and dimensions of (p_i − p̄)². */
  readonly consensusReleased: number;
  /** Mean over rows, branches and dimensions of (p_i − s)². */
  readonly commitment: number;
  /** Nats, mean over branches. */
  readonly sampleEntropy: number;
  /** Nats, mean over branches. */
  readonly batchEntropy: number;
  /** `sampleWeight·(sampleEntropy − batchWeight·batchEntropy)`; usually negative. */
  readonly codebook: number;
  /** Weighted sum of consensus (in the chosen form), commitment and codebook; may be negative. */
  readonly total: number;
}

/** @throws PolytokError `INVALID_ARGUMENT` for bad vectors or no row that counts; `LIMIT_EXCEEDED` beyond 20 bits */
export function votingLosses(options: VotingLossOptions): VotingLosses {
  const { quantizer, branches, mask, sampleWeight = 1, batchWeight = 1 } = options;
  const { consensusForm = 'released', consensusWeight = 0.25, commitmentWeight = 0.25 } = options;
  const { codebookWeight = 1 } = options;
  requireChoice(consensusForm, 'consensusForm', ['paper', 'released']);
  const { voters, bits, dimension } = quantizer;
  const entropies = signEntropies(entropyOptions(options));
  const sampleEntropy = mean(entropies.sample);
  const batchEntropy = mean(entropies.batch);
  const codebook = sampleWeight * (sampleEntropy - batchWeight * batchEntropy);

  const votes = repeatForVoters(quantizer.softAverage(branches), voters, bits);
  const commitment = meanSquaredDistance(branches, votes, dimension, mask);
  const centres = repeatForVoters(branchMean(branches, voters, bits), voters, bits);
  const spread = meanSquaredDistance(branches, centres, dimension, mask);
  const consensusPaper = spread * bits;
  const consensusReleased = spread * voters;
  const consensus = consensusForm === 'paper' ? consensusPaper : consensusReleased;
  const total = consensusWeight * consensus + commitmentWeight * commitment + codebookWeight * codebook;
  return { consensusPaper, consensusReleased, commitment, sampleEntropy, batchEntropy, codebook, total };
}

/**
 * Gradient of the codebook loss with respect to the branches.
 * @returns `(rows, voters, bits)`; rows left out have 0
 * @throws PolytokError as {@link votingLosses}
 */
export function codebookLossGradient(options: CodebookLossOptions): Float64Array {
  const { sampleWeight, batchWeight } = options;
  return signEntropyGradient({ ...entropyOptions(options), sampleWeight, batchWeight });
}

function entropyOptions({ quantizer, branches, mask, temperature = 0.01 }: CodebookLossOptions) {
  const { voters, bits } = quantizer;
  const inverseTemperature = 1 / temperature;
  return { vectors: branches, bits, groups: voters, inverseTemperature, form: 'shifted', mask } as const;
}

/** `(rows, voters, bits)` → `(rows, bits)` */
function branchMean(branches: Vectors, voters: number, bits: number): Float64Array {
  const means = new Float64Array(branches.length / voters);
  for (let i = 0; i < branches.length; i++) {
    const row = Math.floor(i / (voters * bits));
    means[row * bits + (i % bits)] += branches[i] / voters;
  }
  return means;
}

/** `(rows, bits)` → `(rows, voters, bits)` */
function repeatForVoters(values: Float64Array, voters: number, bits: number): Float64Array {
  const repeated = new Float64Array(values.length * voters);
  for (let i = 0; i < repeated.length; i++) {
    const row = Math.floor(i / (voters * bits));
    repeated[i] = values[row * bits + (i % bits)];
  }
  return repeated;
}
