/** What tests need to ask rules. */
import type { ActionChunk } from '../contract.js';
import { ActionEnsemble } from './action-ensemble.js';
import type { EnsembleRule } from './contract.js';

/** The action that a rule makes of candidates, the oldest first. */
export function decide(rule: EnsembleRule, candidates: readonly (readonly number[])[]): ActionChunk {
  const columns = candidates[0].length;
  const ensemble = new ActionEnsemble({ columns, steps: 1, window: candidates.length, rule });
  for (const candidate of candidates) ensemble.push(Float64Array.from(candidate));
  const action = new Float64Array(columns);
  ensemble.step(action);
  return action;
}
