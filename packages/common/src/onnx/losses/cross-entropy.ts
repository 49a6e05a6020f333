import { requireChoice, requireInteger } from '../../arguments.js';
import { PolytokError } from '../../errors.js';
import type { Value } from '../graph/graph.js';
import { equalShapes, formatShape } from '../graph/shape.js';
import { exp } from '../ops/activation.js';
import { divide, equal, maximum, multiply, negate, subtract, where } from '../ops/arithmetic.js';
import { cast } from '../ops/cast.js';
import { customGradient } from '../ops/custom-gradient.js';
import { pick, scatterAdd } from '../ops/gather.js';
import { scalar } from '../ops/operand.js';
import { reduceMean, reduceSum } from '../ops/reduce.js';
import { expandLike, reshape } from '../ops/reshape.js';
import { logSoftmax } from '../ops/softmax.js';
import { REDUCTIONS, type ReductionOptions } from './reduction.js';

export interface CrossEntropyOptions extends ReductionOptions {
  /** Targets of this value count for nothing: padding. It needs not be a class. Default: none. */
  readonly ignoreIndex?: number;
}

/**
 * Softmax cross-entropy, −log softmax(logits)[target]; `torch.nn.functional.cross_entropy` with class indices. The mean is
 * over the targets that are not ignored; where all are, the loss is 0 (PyTorch's is NaN).
 * @param logits `[…, classes]`
 * @param targets `[…]`, int64 or int32, below `classes`
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function crossEntropy(
  logits: Value,
  targets: Value,
  { ignoreIndex, reduction = 'mean' }: CrossEntropyOptions = {},
): Value {
  requireChoice(reduction, 'reduction', REDUCTIONS);
  requireTargets(logits, targets);
  if (ignoreIndex === undefined) {
    const losses = classLosses(logits, targets);
    return reduction === 'mean' ? reduceMean(losses) : reduceSum(losses);
  }
  requireInteger(ignoreIndex, 'ignoreIndex', { minimum: -Infinity });
  const ignored = equal(targets, ignoreIndex);
  const losses = where(ignored, 0, classLosses(logits, where(ignored, 0, targets)));
  const sum = reduceSum(losses);
  if (reduction === 'sum') return sum;
  const kept = subtract(1, cast(ignored, logits.type));
  return divide(sum, maximum(reduceSum(kept), 1));
}

/** One loss per target. Its gradient in closed form, softmax(logits) − one-hot(target), takes fewer passes than the chain. */
function classLosses(logits: Value, targets: Value): Value {
  const logProbabilities = logSoftmax(logits);
  return customGradient(negate(pick(logProbabilities, targets)), {
    of: [logits],
    vjp: ([gradient]) => {
      const column = reshape(targets, [...targets.shape, 1]);
      const minusOne = expandLike(scalar(logits.graph, logits.type, -1), column);
      const difference = scatterAdd(exp(logProbabilities), column, minusOne, logits.shape.length - 1);
      return [multiply(difference, reshape(gradient!, column.shape))];
    },
  });
}

function requireTargets(logits: Value, targets: Value): void {
  const integers = targets.type === 'int64' || targets.type === 'int32';
  if (integers && logits.shape.length > 0 && equalShapes(targets.shape, logits.shape.slice(0, -1))) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `crossEntropy takes logits […, classes] and integer targets […]; got ${logits.type} ${formatShape(logits.shape)} and ${targets.type} ${formatShape(targets.shape)}.`,
    { details: { logits: logits.shape, targets: targets.shape, type: targets.type } },
  );
}
