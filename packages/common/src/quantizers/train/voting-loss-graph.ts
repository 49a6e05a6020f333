/**
 * The losses of `votingLosses`, with a reconstruction beside them, as a graph that ONNX Runtime differentiates.
 *
 * Straight-through: forward, a branch votes B = sign(p); backward, as if it had voted p. The 2^d probabilities of a frame
 * are the outer product of those of its lower and its upper bits, so that their mean over frames is one product
 * `(2^⌊d/2⌋, frames) · (frames, 2^⌈d/2⌉)` for each branch, and no table `(frames, 2^d)` is ever made.
 *
 * Frames are the last axis of everything but the features: products of matrices are then wide, and nothing is transposed.
 */
import {
  abs,
  add,
  concat,
  customGradient,
  exp,
  Graph,
  greater,
  log,
  matMul,
  maximum,
  minimum,
  multiply,
  negate,
  reduceMean,
  reduceSum,
  reshape,
  sigmoid,
  square,
  stopGradient,
  straightThrough,
  subtract,
  transpose,
  type Value,
  where,
} from '../../onnx/index.js';

export interface VotingLossWeights {
  /** Which consensus loss is minimised. Default: 'released'. */
  readonly consensusForm: 'paper' | 'released';
  /** Default: 0.25. */
  readonly consensusWeight: number;
  /** Default: 0.25. */
  readonly commitmentWeight: number;
  /** Of the entropies. Default: 1. */
  readonly codebookWeight: number;
  /** Of the sample entropy, within the codebook loss. Default: 1. */
  readonly sampleWeight: number;
  /** Of the batch entropy, within the codebook loss. Default: 1. */
  readonly batchWeight: number;
  /** τ of the entropies. Default: 0.01. */
  readonly temperature: number;
  /** Of the mean squared error of decoded features, in place of the paper's speech recognition. Default: 1. */
  readonly reconstructionWeight: number;
}

export interface VotingGraphOptions extends VotingLossWeights {
  /** Frames. */
  readonly batchSize: number;
  readonly dimension: number;
  readonly voters: number;
  readonly bits: number;
}

export const VOTING_INPUTS = {
  /** `[batchSize, dimension]` */
  clean: 'clean',
  /** `[batchSize, dimension]` */
  perturbed: 'perturbed',
  /** `[voters·bits, 1]`: 1 where a branch sees the perturbed features, else 0. */
  seesPerturbed: 'seesPerturbed',
} as const;

export const VOTING_PARAMETERS = {
  /** `[voters·bits, dimension]` */
  weight: 'project_in.weight',
  /** `[voters·bits]` */
  bias: 'project_in.bias',
  /** `[dimension, bits]` */
  outputWeight: 'project_out.weight',
  /** `[dimension]` */
  outputBias: 'project_out.bias',
} as const;

/** Outputs, each `[]`. */
export const VOTING_LOSSES = {
  total: 'total',
  consensus: 'consensus',
  commitment: 'commitment',
  sampleEntropy: 'sampleEntropy',
  batchEntropy: 'batchEntropy',
  reconstruction: 'reconstruction',
} as const;

export type VotingLossNames = keyof typeof VOTING_LOSSES;

/** Logits of bits beyond this are as good as certain: e^−30 is 1e-13, far below the 1e-5 of the batch entropy. */
const MAX_LOGIT = 30;

/** Kept out of the logarithm of the batch entropy, as published. */
const SMALL = 1e-5;

/** See the top of this file. */
export function votingLossGraph(options: VotingGraphOptions): Graph {
  const { batchSize, dimension, voters, bits } = options;
  const graph = new Graph();
  const clean = graph.input(VOTING_INPUTS.clean, [batchSize, dimension]);
  const perturbed = graph.input(VOTING_INPUTS.perturbed, [batchSize, dimension]);
  const seesPerturbed = graph.input(VOTING_INPUTS.seesPerturbed, [voters * bits, 1]);
  const weight = graph.parameter(VOTING_PARAMETERS.weight, [voters * bits, dimension]);
  const bias = reshape(graph.parameter(VOTING_PARAMETERS.bias, [voters * bits]), [voters * bits, 1]);
  // A branch sees one of both: masking its weights costs nothing beside masking frames.
  const forPerturbed = multiply(weight, seesPerturbed);
  const ofClean = matMul(subtract(weight, forPerturbed), transpose(clean));
  const branches = add(add(ofClean, matMul(forPerturbed, transpose(perturbed))), bias);
  const losses = votingLossValues(branches, clean, options);
  for (const [name, loss] of Object.entries(losses)) graph.output(name, loss);
  return graph;
}

/**
 * @param branches `[voters·bits, batchSize]`
 * @param target `[batchSize, dimension]`: what is reconstructed
 */
export function votingLossValues(
  branches: Value,
  target: Value,
  options: VotingGraphOptions,
): Record<VotingLossNames, Value> {
  const { batchSize, dimension, voters, bits, consensusForm } = options;
  const { graph } = branches;
  const p = reshape(branches, [voters, bits, batchSize]);
  const one = graph.constant('float32', [], Float32Array.of(1));
  const votes = stopGradient(reduceMean(where(greater(p, 0), one, -1), { axes: [0] }));
  const centre = reduceMean(p, { axes: [0] });
  const spread = reduceMean(square(subtract(p, centre)));
  const consensus = multiply(spread, consensusForm === 'paper' ? bits : voters);
  const commitment = reduceMean(square(subtract(p, votes)));

  // The mean of p + sg(B − p) over the branches: its value is that of the votes, its gradient that of the mean of p.
  const soft = transpose(straightThrough(centre, votes));
  const outputWeight = graph.parameter(VOTING_PARAMETERS.outputWeight, [dimension, bits]);
  const outputBias = graph.parameter(VOTING_PARAMETERS.outputBias, [dimension]);
  const decoded = add(matMul(soft, transpose(outputWeight)), outputBias);
  const reconstruction = reduceMean(square(subtract(decoded, target)));

  const { sampleEntropy, batchEntropy } = entropiesOf(p, options);
  const entropies = subtract(sampleEntropy, multiply(batchEntropy, options.batchWeight));
  const total = [
    multiply(consensus, options.consensusWeight),
    multiply(commitment, options.commitmentWeight),
    multiply(entropies, options.codebookWeight * options.sampleWeight),
    multiply(reconstruction, options.reconstructionWeight),
  ].reduce((sum, part) => add(sum, part));
  return { total, consensus, commitment, sampleEntropy, batchEntropy, reconstruction };
}

/**
 * Both entropies, means over branches. A bit is set with probability σ(l), l = 4·p/τ, so that
 *
 *     H(bit) = −ln σ(|l|) + |l|·σ(−|l|),   ln P(code) = Σ_j bit_j·l_j + ln σ(−l_j)
 *
 * without a difference of large numbers.
 * @param p `[voters, bits, batchSize]`
 */
function entropiesOf(
  p: Value,
  { batchSize, voters, bits, temperature }: VotingGraphOptions,
): { readonly sampleEntropy: Value; readonly batchEntropy: Value } {
  const logit = maximum(minimum(multiply(p, 4 / temperature), MAX_LOGIT), -MAX_LOGIT);
  const certainty = abs(logit);
  const logLikelier = log(sigmoid(certainty));
  const ofBits = subtract(multiply(certainty, sigmoid(negate(certainty))), logLikelier);
  const sampleEntropy = multiply(reduceMean(ofBits), bits);

  const logClear = add(minimum(negate(logit), 0), logLikelier);
  const logs = concat([logit, logClear], { axis: 1 });
  const split = Math.floor(bits / 2);
  const lower = exp(matMul(codeSums(p.graph, bits, 0, split), logs));
  const upper = exp(matMul(codeSums(p.graph, bits, split, bits), logs));
  // Its own gradient would transpose what is large; this one transposes the slopes of the codes.
  const sums = customGradient(matMul(lower, transpose(upper, [0, 2, 1])), {
    of: [lower, upper],
    vjp: ([slopes]) => [matMul(slopes!, upper), matMul(transpose(slopes!, [0, 2, 1]), lower)],
  });
  const mean = multiply(sums, 1 / batchSize);
  const batchEntropy = multiply(reduceSum(multiply(mean, log(add(mean, SMALL)))), -1 / voters);
  return { sampleEntropy, batchEntropy };
}

/**
 * What sums up the logarithms of a code of the bits from `first` to before `end`: the logits of the bits that are set, and
 * for every bit the logarithm of its being clear. `[2^(end − first), 2·bits]`
 */
function codeSums(graph: Graph, bits: number, first: number, end: number): Value {
  const codes = 2 ** (end - first);
  const sums = new Float32Array(codes * 2 * bits);
  for (let code = 0; code < codes; code++) {
    for (let j = first; j < end; j++) {
      sums[code * 2 * bits + j] = (code >> (j - first)) & 1;
      sums[code * 2 * bits + bits + j] = 1;
    }
  }
  return graph.constant('float32', [codes, 2 * bits], sums);
}
