import {
  requireChoice,
  requireFiniteNumber,
  requireInteger,
  requirePositive,
  requireShare,
} from '../../arguments.js';
import type { BitOrder } from '../../bit-order.js';
import { PolytokError } from '../../errors.js';
import type { OnnxRuntime } from '../../onnx/index.js';
import { MAX_FEATURES } from '../project-branches.js';
import { MAX_ENTROPY_BITS } from '../sign-entropy.js';
import { MAX_VOTERS } from '../voting-lfq.js';
import type { FeaturePairs } from './feature-pairs.js';
import type { VotingProgress } from './fit-voting-lfq.js';
import type { VotingLossWeights } from './voting-loss-graph.js';

export interface FitVotingLfqOptions extends Partial<VotingLossWeights> {
  /** Numbers per frame, from 1 to 65 536. */
  readonly dimension: number;
  /** N, odd, from 1 to 1023. Default: 5. */
  readonly voters?: number;
  /** d: bits of an id, from 1 to 20. Default: 13. */
  readonly bits?: number;
  /** Voters that see the clean features; the others, fewer than half, see the perturbed ones. Default: (N + 1)/2. */
  readonly cleanVoters?: number;
  /** Bit order of the ids. Default: 'lsb-first', as published. */
  readonly order?: BitOrder;
  /**
   * Trains on features of mean 0 and deviation 1 in every dimension, and folds that into the projections afterwards, so
   * that the quantizer takes features as they are. Default: true.
   */
  readonly standardize?: boolean;
  /** Frames of a batch, at least 2. Default: 2048. */
  readonly batchSize?: number;
  /** Passes over the training frames, at least 1. Default: 10. */
  readonly epochs?: number;
  /** Batches to train on, in place of `epochs`. */
  readonly steps?: number;
  /** Learning rate, or one for each step, from 1 on. Default: one cycle up to 0.01 and down, over all steps. */
  readonly rate?: number | ((step: number) => number);
  /** Of AdamW, for the weights and not for biases. Default: 0.01. */
  readonly weightDecay?: number;
  /** Largest norm of all gradients together. Default: 1. */
  readonly clipNorm?: number;
  /** Integer that decides initial weights, batches and voters. Default: 0. */
  readonly seed?: number;
  /** Pairs for the report. Default: the last `heldOutShare` of every pair, which is then not trained on. */
  readonly heldOut?: FeaturePairs;
  /** From 0, for no report, to below 1. Default: 0.1, or 0 where `heldOut` is given. */
  readonly heldOutShare?: number;
  /** Default: the installed ONNX Runtime. */
  readonly runtime?: OnnxRuntime;
  /** Threads, at least 1. Default: the runtime's choice. */
  readonly threads?: number;
  /** Called after every step. */
  readonly onProgress?: (progress: VotingProgress) => void;
  /** Looked at before every step and every pair. */
  readonly signal?: AbortSignal;
}

/** Options with their defaults. */
export type VotingFitOptions = ReturnType<typeof completeVotingOptions>;

/** @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED` for more than 20 bits */
export function completeVotingOptions(options: FitVotingLfqOptions) {
  const { dimension, voters = 5, bits = 13, cleanVoters = Math.floor(voters / 2) + 1 } = options;
  const { batchSize = 2048, epochs = 10, steps, seed = 0, heldOut, rate, threads } = options;
  const { heldOutShare = heldOut ? 0 : 0.1, consensusForm = 'released', temperature = 0.01 } = options;
  requireInteger(dimension, 'dimension', { minimum: 1, maximum: MAX_FEATURES });
  requireInteger(voters, 'voters', { minimum: 1, maximum: MAX_VOTERS });
  if (voters % 2 === 0) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `'voters' must be odd, so that no bit ties; got ${voters}. Train with ${voters + 1}.`,
      { details: { name: 'voters', value: voters } },
    );
  }
  requireInteger(bits, 'bits', { minimum: 1 });
  if (bits > MAX_ENTROPY_BITS) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `Entropies are taken over at most 2^${MAX_ENTROPY_BITS} codes; got ${bits} bits.`,
      { details: { bits, limit: MAX_ENTROPY_BITS } },
    );
  }
  requireInteger(cleanVoters, 'cleanVoters', { minimum: Math.floor(voters / 2) + 1, maximum: voters });
  requireInteger(batchSize, 'batchSize', { minimum: 2 });
  requireInteger(epochs, 'epochs', { minimum: 1 });
  if (steps !== undefined) requireInteger(steps, 'steps', { minimum: 1 });
  if (typeof rate === 'number') requirePositive(rate, 'rate');
  if (threads !== undefined) requireInteger(threads, 'threads', { minimum: 1 });
  requireInteger(seed, 'seed', { minimum: Number.MIN_SAFE_INTEGER });
  requireShare(heldOutShare, 'heldOutShare');
  requireChoice(consensusForm, 'consensusForm', ['paper', 'released']);
  requirePositive(temperature, 'temperature');
  const weights = {
    consensusWeight: options.consensusWeight ?? 0.25,
    commitmentWeight: options.commitmentWeight ?? 0.25,
    codebookWeight: options.codebookWeight ?? 1,
    sampleWeight: options.sampleWeight ?? 1,
    batchWeight: options.batchWeight ?? 1,
    reconstructionWeight: options.reconstructionWeight ?? 1,
    weightDecay: options.weightDecay ?? 0.01,
  };
  for (const [name, weight] of Object.entries(weights)) {
    requireFiniteNumber(weight, name);
    if (weight < 0)
      throw new PolytokError('INVALID_ARGUMENT', `'${name}' must be at least 0; got ${weight}.`, {
        details: { name, weight },
      });
  }
  const { order = 'lsb-first' as BitOrder, standardize = true, clipNorm = 1 } = options;
  requirePositive(clipNorm, 'clipNorm');
  return {
    ...options,
    ...weights,
    dimension,
    voters,
    bits,
    cleanVoters,
    order,
    standardize,
    batchSize,
    epochs,
    seed,
    heldOutShare,
    consensusForm,
    temperature,
    clipNorm,
  };
}
