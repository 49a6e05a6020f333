import { requireChoice } from '../../arguments.js';
import type { Value } from '../graph/graph.js';
import { reduceMean, reduceSum } from '../ops/reduce.js';

export const REDUCTIONS = ['mean', 'sum'] as const;
export type Reduction = (typeof REDUCTIONS)[number];

export interface ReductionOptions {
  /** Of the losses of all elements. Default: 'mean'. */
  readonly reduction?: Reduction;
}

/** One number. @throws PolytokError `INVALID_ARGUMENT` for another reduction */
export function reduceLosses(losses: Value, { reduction = 'mean' }: ReductionOptions = {}): Value {
  requireChoice(reduction, 'reduction', REDUCTIONS);
  return reduction === 'mean' ? reduceMean(losses) : reduceSum(losses);
}
