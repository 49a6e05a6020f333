import type { EnsembleRule } from './contract.js';

/** Every candidate counts the same. */
export function meanRule(): EnsembleRule {
  return {
    weigh({ count }, weights) {
      weights.fill(1, 0, count);
    },
  };
}
