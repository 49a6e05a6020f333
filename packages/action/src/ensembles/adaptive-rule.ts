import { requireFiniteNumber } from '@polytok/common';
import type { EnsembleRule } from './contract.js';
import { cosinesToNewest } from './cosines.js';

export interface AdaptiveRuleOptions {
  /** α: 0 weighs all the same, more favours what points where the newest does; finite. Default: 0.1. */
  readonly sharpness?: number;
}

/**
 * CogACT's adaptive ensemble (Li et al., arXiv 2411.19650): weights are the softmax of `α·cosᵢ`, the cosine of candidate
 * i and the newest. Made for deltas: absolute joint positions all point the same way.
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function adaptiveRule({ sharpness = 0.1 }: AdaptiveRuleOptions = {}): EnsembleRule {
  requireFiniteNumber(sharpness, 'sharpness');
  return {
    weigh(candidates, weights) {
      const { count } = candidates;
      cosinesToNewest(candidates, weights);
      let largest = -Infinity;
      for (let i = 0; i < count; i++) largest = Math.max(largest, sharpness * weights[i]);
      for (let i = 0; i < count; i++) weights[i] = Math.exp(sharpness * weights[i] - largest);
    },
  };
}
