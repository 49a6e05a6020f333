import { requireInteger } from '../arguments.js';
import { countRows } from '../kernels/check-values.js';

/** How many ids a row of a grouped residual quantizer has. */
export interface GroupIdsShape {
  readonly groups: number;
  /** Stages of each group. */
  readonly stages: number;
}

/**
 * The ids of grouped residual quantization with the groups outermost, as vector-quantize-pytorch has them.
 * @param ids `(rows, groups, stages)`: what `GroupedRvq` gives and takes
 * @returns `(groups, rows, stages)`, in an array of the same kind
 * @throws PolytokError `INVALID_ARGUMENT` for an incomplete row, or groups or stages below 1
 */
export function groupsOutermost<Ids extends Uint16Array | Uint32Array | Int32Array>(
  ids: Ids,
  { groups, stages }: GroupIdsShape,
): Ids {
  const rows = checkShape(ids, { groups, stages });
  return swapOuter(ids, rows, groups, stages);
}

/**
 * Undoes {@link groupsOutermost}.
 * @param ids `(groups, rows, stages)`
 * @returns `(rows, groups, stages)`, in an array of the same kind
 * @throws PolytokError `INVALID_ARGUMENT` as {@link groupsOutermost} does
 */
export function groupsInRows<Ids extends Uint16Array | Uint32Array | Int32Array>(
  ids: Ids,
  { groups, stages }: GroupIdsShape,
): Ids {
  const rows = checkShape(ids, { groups, stages });
  return swapOuter(ids, groups, rows, stages);
}

function checkShape(ids: ArrayLike<number>, { groups, stages }: GroupIdsShape): number {
  requireInteger(groups, 'groups', { minimum: 1 });
  requireInteger(stages, 'stages', { minimum: 1 });
  return countRows('ids', ids, groups * stages);
}

/** `(outer, middle, inner)` as `(middle, outer, inner)`. */
function swapOuter<Ids extends Uint16Array | Uint32Array | Int32Array>(
  ids: Ids,
  outer: number,
  middle: number,
  inner: number,
): Ids {
  const swapped = ids.slice() as Ids;
  for (let at = 0, i = 0; i < middle; i++) {
    for (let j = 0; j < outer; j++) {
      for (let k = 0; k < inner; k++) swapped[at++] = ids[(j * middle + i) * inner + k];
    }
  }
  return swapped;
}
