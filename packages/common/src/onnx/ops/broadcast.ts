import type { Value } from '../graph/graph.js';
import { equalShapes, type Shape } from '../graph/shape.js';
import { reduceSum } from './reduce.js';
import { expandLike, reshape } from './reshape.js';

/** The gradient of a value of shape `shape` that was broadcast to the shape of `gradient`: sums where it was repeated. */
export function sumToShape(gradient: Value, shape: Shape): Value {
  if (equalShapes(gradient.shape, shape)) return gradient;
  const added = gradient.shape.length - shape.length;
  const axes = gradient.shape
    .map((_, axis) => axis)
    .filter((axis) => axis < added || (shape[axis - added] === 1 && gradient.shape[axis] !== 1));
  const summed = axes.length === 0 ? gradient : reduceSum(gradient, { axes, keepDimensions: true });
  return reshape(summed, shape);
}

/** `gradient` repeated to the shape of `like`. */
export function broadcastTo(gradient: Value, like: Value): Value {
  return equalShapes(gradient.shape, like.shape) ? gradient : expandLike(gradient, like);
}
