import { requireInteger } from '../../arguments.js';
import { GroupedRvq, groupWidth } from '../grouped-rvq.js';
import type { Rvq } from '../rvq.js';
import { columnsOf } from './columns-of.js';
import { type FitRvqOptions, fitRvq, type RvqProgress } from './fit-rvq.js';
import type { KmeansResult } from './lloyd.js';
import type { VectorSource } from './vector-batches.js';

export interface FitGroupedRvqOptions extends Omit<FitRvqOptions, 'from' | 'onStage' | 'onProgress'> {
  /** A divisor of `dimension`. */
  readonly groups: number;
  /** Quantizers of the first groups, the last perhaps with some stages only; the rest is fitted. Default: none. */
  readonly from?: readonly Rvq[];
  /** Called when a stage of a group is fitted, with the quantizers of the groups so far. */
  readonly onStage?: (groups: readonly Rvq[], result: KmeansResult) => void | Promise<void>;
  /** Called after every pass. */
  readonly onProgress?: (progress: RvqProgress & { readonly group: number }) => void;
}

/**
 * A grouped residual quantizer, each group fitted by {@link fitRvq} with seeds of its own.
 * @param vectors `(rows, dimension)`, at least one row
 * @throws PolytokError what {@link fitRvq} throws
 */
export async function fitGroupedRvq(
  vectors: VectorSource,
  { groups, from = [], onStage, onProgress, seed = 0, ...options }: FitGroupedRvqOptions,
): Promise<GroupedRvq> {
  const { dimension, counts } = options;
  const width = groupWidth(dimension, groups);
  requireInteger(from.length, "the number of quantizers in 'from'", { maximum: groups });
  const fitted: Rvq[] = [];
  for (let group = 0; group < groups; group++) {
    const columns = { first: group * width, count: width, width: dimension };
    const rvq = await fitRvq(await columnsOf(vectors, columns), {
      ...options,
      dimension: width,
      seed: seed + group * counts.length,
      from: from[group],
      onStage: onStage && ((soFar, result) => onStage([...fitted, soFar], result)),
      onProgress: onProgress && ((progress) => onProgress({ group, ...progress })),
    });
    fitted.push(rvq);
  }
  const codebooks = fitted.map((rvq) => Object.values(rvq.tensors()).map(({ values }) => values));
  return new GroupedRvq({ codebooks, dimension });
}
