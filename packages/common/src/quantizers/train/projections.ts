import type { Tensor } from '../../io/safetensors.js';
import { ProjectedVotingLfq } from '../projected-voting-lfq.js';
import type { FeatureStatistics } from './feature-statistics.js';
import { VOTING_PARAMETERS } from './voting-loss-graph.js';
import type { VotingFitOptions } from './voting-options.js';

/**
 * The quantizer of features as they are, from projections of standardized ones: `W·(h − μ)/σ + b` is
 * `(W/σ)·h + (b − W·μ/σ)`, and what is decoded is multiplied by σ and moved by μ.
 */
export function quantizerOf(
  projections: ReadonlyMap<string, Tensor>,
  { mean, deviation }: Pick<FeatureStatistics, 'mean' | 'deviation'>,
  { dimension, voters, bits, order }: Pick<VotingFitOptions, 'dimension' | 'voters' | 'bits' | 'order'>,
): ProjectedVotingLfq {
  const of = (name: string) => (projections.get(name)!.data as Float32Array).slice();
  const weights = of(VOTING_PARAMETERS.weight);
  const biases = of(VOTING_PARAMETERS.bias);
  for (let branch = 0, at = 0; branch < voters * bits; branch++) {
    let moved = 0;
    for (let j = 0; j < dimension; j++, at++) {
      const scaled = weights[at] / deviation[j];
      moved += scaled * mean[j];
      weights[at] = scaled;
    }
    biases[branch] -= moved;
  }
  const outputWeights = of(VOTING_PARAMETERS.outputWeight).map(
    (value, at) => value * deviation[Math.floor(at / bits)],
  );
  const outputBiases = of(VOTING_PARAMETERS.outputBias).map((value, j) => value * deviation[j] + mean[j]);
  return new ProjectedVotingLfq({
    dimension,
    voters,
    bits,
    weights,
    biases,
    outputWeights,
    outputBiases,
    order,
  });
}
