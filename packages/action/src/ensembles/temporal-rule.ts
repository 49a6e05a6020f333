import { requireFiniteNumber } from '@polytok/common';
import type { EnsembleRule } from './contract.js';

export interface TemporalRuleOptions {
  /** m: above 0 the oldest counts most, below 0 the newest; finite. Default: 0.01. */
  readonly decay?: number;
}

/**
 * ACT's temporal ensemble (Zhao et al., arXiv 2304.13705): candidate i, counted from the oldest, weighs `exp(−m·i)`. The
 * same as a running mean for each future step, which is how others compute it.
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function temporalRule({ decay = 0.01 }: TemporalRuleOptions = {}): EnsembleRule {
  requireFiniteNumber(decay, 'decay');
  return {
    weigh({ count }, weights) {
      // The largest exponent is 0, so that nothing overflows, whatever the sign.
      const largest = Math.max(0, -decay * (count - 1));
      for (let i = 0; i < count; i++) weights[i] = Math.exp(-decay * i - largest);
    },
  };
}
