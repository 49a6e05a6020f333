/**
 * Noise-aware training of Voting-LFQ on top of features that stay as they are (StableToken, arXiv 2509.22220, section
 * 3.2): the branch projections W_i, b_i and the one output projection, on pairs of clean and perturbed features. In every
 * batch a random minority of the branches sees the perturbed features, and the consensus loss pulls all of them together.
 *
 * The paper trains encoder and quantizer together, with speech recognition as the task. Here the encoder is frozen, and
 * what the bits must keep is said by reconstruction: the mean squared error of W_out·s + b_out to the clean features,
 * with s the soft average of the signs.
 */
import { PolytokError, throwIfAborted } from '../../errors.js';
import {
  initialWeights,
  loadOnnxRuntime,
  oneCycleRate,
  Trainer,
  type TrainingStep,
} from '../../onnx/index.js';
import { randomBelow, seededRandom } from '../../random.js';
import type { ProjectedVotingLfq } from '../projected-voting-lfq.js';
import { checkPairs, type FeaturePairs, readPairs } from './feature-pairs.js';
import { type FeatureStatistics, featureStatistics } from './feature-statistics.js';
import { quantizerOf } from './projections.js';
import { type PairBatch, shuffledPairs } from './shuffled-pairs.js';
import {
  VOTING_INPUTS,
  VOTING_LOSSES,
  VOTING_PARAMETERS,
  type VotingLossNames,
  votingLossGraph,
} from './voting-loss-graph.js';
import { completeVotingOptions, type FitVotingLfqOptions, type VotingFitOptions } from './voting-options.js';
import { reportOn, type VotingReport } from './voting-report.js';

/** Losses of one batch, by name, as in `VotingLosses`; `total` is the weighted sum. */
export type VotingStepLosses = Readonly<Record<VotingLossNames, number>>;

export interface VotingProgress extends VotingStepLosses {
  /** From 1 on. */
  readonly step: number;
  /** Steps in all. */
  readonly steps: number;
  /** Passes over the frames that are complete. */
  readonly epoch: number;
  readonly rate: number;
  /** Norm of all gradients, before it is limited. */
  readonly norm: number;
}

export interface VotingFit {
  readonly quantizer: ProjectedVotingLfq;
  /** On what was held out; undefined for a share of 0. */
  readonly report: VotingReport | undefined;
  /** The loss curve, at most 1024 of the steps, evenly spaced, and the last one. */
  readonly history: readonly VotingProgress[];
  readonly steps: number;
  /** Frames of one pass over the training part. */
  readonly frames: number;
}

/** Largest rate of the default schedule. */
const MAX_RATE = 0.01;

/** Most entries of a loss curve. */
const MAX_HISTORY = 1024;

/**
 * Trains a voting quantizer; see the top of this file. Needs ONNX Runtime: `onnxruntime-node`, `onnxruntime-web`, or one
 * that is passed as `runtime`. The same pairs, options, threads and runtime give the same quantizer.
 *
 * Memory: a pool of at most 2^24 numbers of each side, in which frames are mixed, and a batch; a stream is not held.
 * @param pairs clean and perturbed features; see {@link FeaturePairs}. Read once for statistics, then once per epoch
 * @throws PolytokError `INVALID_ARGUMENT` for bad options or pairs, fewer frames than a batch, or a loss that is not finite
 *   any more; `LIMIT_EXCEEDED` for more than 20 bits; `UNAVAILABLE` without ONNX Runtime; `ABORTED`
 */
export async function fitVotingLfq(pairs: FeaturePairs, given: FitVotingLfqOptions): Promise<VotingFit> {
  const options = completeVotingOptions(given);
  const { dimension, batchSize, heldOut, heldOutShare, standardize, signal } = options;
  checkPairs(pairs);
  if (heldOut) checkPairs(heldOut);
  throwIfAborted(signal, 'Training');
  const runtime = options.runtime ?? (await loadOnnxRuntime());
  const read = (part: 'training' | 'held-out') => readPairs(pairs, { dimension, heldOutShare, part, signal });
  const statistics = await featureStatistics(read('training'), dimension);
  const { frames } = statistics;
  if (frames < batchSize) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `Training needs at least one batch of ${batchSize} frames; there are ${frames}${heldOutShare > 0 ? `, without the ${heldOutShare} held out` : ''}. Lower batchSize, or pass more pairs.`,
      { details: { frames, batchSize } },
    );
  }
  const standard = standardize ? scalesOf(statistics) : identity(dimension);
  const steps = options.steps ?? options.epochs * Math.floor(frames / batchSize);
  const rate = options.rate ?? oneCycleRate({ rate: MAX_RATE, steps });
  const graph = votingLossGraph(options);
  const trainer = await Trainer.open(graph, {
    loss: VOTING_LOSSES.total,
    weights: initialWeights(graph, options),
    rate,
    weightDecay: options.weightDecay,
    withoutDecay: (name) => name === VOTING_PARAMETERS.bias || name === VOTING_PARAMETERS.outputBias,
    clipNorm: options.clipNorm,
    runtime,
    threads: options.threads,
  });
  try {
    const random = seededRandom(~options.seed);
    const history: VotingProgress[] = [];
    const keepEvery = Math.ceil(steps / MAX_HISTORY);
    for (let epoch = 0; trainer.step < steps; epoch++) {
      const batches = shuffledPairs(read('training'), { ...options, ...standard, frames, next: random });
      for await (const batch of batches) {
        throwIfAborted(signal, 'Training');
        const result = await trainer.trainBatch(feedsOf(batch, options, random));
        const progress = progressOf(result, steps, epoch);
        if (result.step % keepEvery === 0 || result.step === steps) history.push(progress);
        options.onProgress?.(progress);
        if (result.step === steps) break;
      }
    }
    const quantizer = quantizerOf(trainer.weights(), standard, options);
    const tested = heldOut
      ? readPairs(heldOut, { dimension, heldOutShare: 0, part: 'all', signal })
      : read('held-out');
    const report = heldOut || heldOutShare > 0 ? await reportOn(quantizer, tested) : undefined;
    return { quantizer, report, history, steps, frames };
  } finally {
    await trainer.close();
  }
}

type Standard = Pick<FeatureStatistics, 'mean' | 'deviation'>;

/** A dimension that never changes keeps its scale. */
function scalesOf({ mean, deviation }: FeatureStatistics): Standard {
  return { mean, deviation: deviation.map((value) => (value > 0 ? value : 1)) };
}

function identity(dimension: number): Standard {
  return { mean: new Float64Array(dimension), deviation: new Float64Array(dimension).fill(1) };
}

function feedsOf(
  { clean, perturbed }: PairBatch,
  { batchSize, dimension, voters, bits, cleanVoters }: VotingFitOptions,
  random: () => number,
) {
  const mask = new Float32Array(voters * bits);
  const order = Array.from({ length: voters }, (_, voter) => voter);
  // The first voters of a random order are the ones that see the perturbed features.
  for (let at = 0; at < voters - cleanVoters; at++) {
    const other = at + randomBelow(random, voters - at);
    [order[at], order[other]] = [order[other], order[at]];
    mask.fill(1, order[at] * bits, (order[at] + 1) * bits);
  }
  const features = (data: Float32Array) =>
    ({ type: 'float32', shape: [batchSize, dimension], data }) as const;
  return {
    [VOTING_INPUTS.clean]: features(clean),
    [VOTING_INPUTS.perturbed]: features(perturbed),
    [VOTING_INPUTS.seesPerturbed]: { type: 'float32', shape: [voters * bits, 1], data: mask } as const,
  };
}

function progressOf(
  { step, rate, norm, outputs }: TrainingStep,
  steps: number,
  epoch: number,
): VotingProgress {
  const losses = Object.values(VOTING_LOSSES).map((name) => [name, (outputs[name].data as Float32Array)[0]]);
  return { step, steps, epoch, rate, norm, ...(Object.fromEntries(losses) as VotingStepLosses) };
}
