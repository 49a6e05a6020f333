import { requireFiniteNumber } from '@polytok/common';
import type { EnsembleRule } from './contract.js';
import { cosinesToNewest } from './cosines.js';
import { keepMajority } from './keep-majority.js';

export interface VoteRuleOptions {
  /** τ: candidates whose cosine with the newest is above it are similar. Default: 0.5. */
  readonly threshold?: number;
  /**
   * Two candidates no longer than this are similar, wherever they point: robots that stand still agree. Below 0 there are
   * none. Default: −1, as in the official code.
   */
  readonly nearZero?: number;
}

/**
 * Trajectory voting of VOTE (Lin et al., arXiv 2507.05116): the mean of the candidates that point where the newest does,
 * or of the others where these are too many, see {@link keepMajority}. Made for deltas: a cosine knows no magnitude, and
 * absolute joint positions all point the same way; see `distanceVoteRule`.
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function voteRule({ threshold = 0.5, nearZero = -1 }: VoteRuleOptions = {}): EnsembleRule {
  requireFiniteNumber(threshold, 'threshold');
  requireFiniteNumber(nearZero, 'nearZero');
  return {
    weigh(candidates, weights) {
      cosinesToNewest(candidates, weights, nearZero);
      for (let i = 0; i < candidates.count; i++) weights[i] = weights[i] > threshold ? 1 : 0;
      keepMajority(weights, candidates.count);
    },
  };
}
