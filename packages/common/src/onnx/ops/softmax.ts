import type { Value } from '../graph/graph.js';
import { frontAxis } from '../graph/shape.js';
import { exp, log } from './activation.js';
import { add, multiply, subtract } from './arithmetic.js';
import { stopGradient } from './custom-gradient.js';
import { reduceMax, reduceSum } from './reduce.js';
import { reshape } from './reshape.js';

/** eˣ over its sum along an axis. Default: the last one. */
export function softmax(x: Value, { axis = -1 }: { readonly axis?: number } = {}): Value {
  return along('Softmax', x, axis, (gradient, y, sum) => {
    const weighted = multiply(gradient, y);
    return subtract(weighted, multiply(y, sum(weighted)));
  });
}

/** Logarithm of {@link softmax}, without underflow. */
export function logSoftmax(x: Value, { axis = -1 }: { readonly axis?: number } = {}): Value {
  return along('LogSoftmax', x, axis, (gradient, y, sum) =>
    subtract(gradient, multiply(exp(y), sum(gradient))),
  );
}

/** log Σ eˣ along an axis, which is dropped; without overflow. */
export function logSumExp(x: Value, { axis = -1 }: { readonly axis?: number } = {}): Value {
  const at = frontAxis(axis, x.shape.length);
  const largest = stopGradient(reduceMax(x, { axes: [at], keepDimensions: true }));
  const sum = log(reduceSum(exp(subtract(x, largest)), { axes: [at], keepDimensions: true }));
  return reshape(
    add(sum, largest),
    x.shape.filter((_, other) => other !== at),
  );
}

function along(
  op: string,
  x: Value,
  axis: number,
  gradientOf: (gradient: Value, y: Value, sum: (value: Value) => Value) => Value,
): Value {
  const { graph, type, shape } = x;
  const at = frontAxis(axis, shape.length);
  const sum = (value: Value) => reduceSum(value, { axes: [at], keepDimensions: true });
  return graph.operation(
    op,
    [x],
    { type, shape },
    {
      attributes: { axis: { int: at } },
      vjp: ([gradient], [y]) => [gradientOf(gradient!, y, sum)],
    },
  );
}
