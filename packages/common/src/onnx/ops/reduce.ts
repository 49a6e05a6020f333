import type { Value } from '../graph/graph.js';
import { frontAxis, productOf, type Shape } from '../graph/shape.js';
import { divide, equal, multiply } from './arithmetic.js';
import { broadcastTo } from './broadcast.js';
import { cast } from './cast.js';
import { integers } from './operand.js';
import { reshape, sizesOf } from './reshape.js';

export interface ReduceOptions {
  /** Counted from the end where negative. Default: all. */
  readonly axes?: readonly number[];
  /** Keeps the axes, with size 1. Default: false. */
  readonly keepDimensions?: boolean;
}

export function reduceSum(x: Value, options: ReduceOptions = {}): Value {
  return reduce('ReduceSum', x, options, (gradient) => broadcastTo(gradient, x));
}

export function reduceMean(x: Value, options: ReduceOptions = {}): Value {
  return reduce('ReduceMean', x, options, (gradient, axes) => {
    const count = productOf(axes.map((axis) => x.shape[axis]));
    const share =
      typeof count === 'number' ? multiply(gradient, 1 / count) : divide(gradient, countOf(x, axes));
    return broadcastTo(share, x);
  });
}

/** The gradient is shared among equal maxima. */
export function reduceMax(x: Value, options: ReduceOptions = {}): Value {
  return reduce('ReduceMax', x, options, (gradient, axes, maximum) => {
    const chosen = cast(equal(x, maximum), x.type);
    const chosenCount = reduceSum(chosen, { axes, keepDimensions: true });
    return multiply(chosen, divide(gradient, chosenCount));
  });
}

/**
 * @param gradientOf from the gradient and the result, both with the axes kept
 */
function reduce(
  op: string,
  x: Value,
  { axes: wanted, keepDimensions = false }: ReduceOptions,
  gradientOf: (gradient: Value, axes: readonly number[], result: Value) => Value,
): Value {
  const { graph, type } = x;
  const axes = (wanted ?? x.shape.map((_, axis) => axis)).map((axis) => frontAxis(axis, x.shape.length));
  if (axes.length === 0) return x;
  const kept: Shape = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const shape = keepDimensions ? kept : x.shape.filter((_, axis) => !axes.includes(axis));
  return graph.operation(
    op,
    [x, integers(graph, axes)],
    { type, shape },
    {
      attributes: { keepdims: { int: keepDimensions ? 1 : 0 } },
      vjp: ([gradient], [result]) => [gradientOf(reshape(gradient!, kept), axes, reshape(result, kept))],
    },
  );
}

/** How many elements an axis, or several, have in all, as a number of the type of `x`. */
export function countOf(x: Value, axes: readonly number[]): Value {
  return cast(
    axes.map((axis) => sizesOf(x, [axis])).reduce((product, size) => multiply(product, size)),
    x.type,
  );
}
