import { PolytokError } from '../../errors.js';
import type { Value } from '../graph/graph.js';
import { equalShapes, formatShape } from '../graph/shape.js';
import { abs, square } from '../ops/activation.js';
import { subtract } from '../ops/arithmetic.js';
import { type ReductionOptions, reduceLosses } from './reduction.js';

/** |y − target|, over all elements; `torch.nn.functional.l1_loss`. @throws PolytokError `INVALID_ARGUMENT` unless the shapes are equal */
export function l1Loss(y: Value, target: Value, options?: ReductionOptions): Value {
  requireEqualShapes('l1Loss', y, target);
  return reduceLosses(abs(subtract(y, target)), options);
}

/** (y − target)², over all elements; `torch.nn.functional.mse_loss`. @throws PolytokError `INVALID_ARGUMENT` unless the shapes are equal */
export function l2Loss(y: Value, target: Value, options?: ReductionOptions): Value {
  requireEqualShapes('l2Loss', y, target);
  return reduceLosses(square(subtract(y, target)), options);
}

/** Broadcasting here is a mistake more often than meant: `[batch, 1]` and `[batch]` have batch² differences. */
function requireEqualShapes(name: string, y: Value, target: Value): void {
  if (equalShapes(y.shape, target.shape)) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `${name} takes two values of one shape; got ${formatShape(y.shape)} and ${formatShape(target.shape)}.`,
    { details: { y: y.shape, target: target.shape } },
  );
}
