/** Other views of the same numbers. */
import { PolytokError } from '../../errors.js';
import type { Value } from '../graph/graph.js';
import {
  type Dimension,
  equalShapes,
  formatShape,
  frontAxis,
  productOf,
  type Shape,
} from '../graph/shape.js';
import { sumToShape } from './broadcast.js';
import { concat } from './concat.js';
import { integers, scalar } from './operand.js';

/**
 * The same elements in another shape. Names of sizes come from `x`; one more may stand for what is left.
 * @throws PolytokError `INVALID_ARGUMENT` when the numbers of elements differ, or cannot be known to be equal
 */
export function reshape(x: Value, shape: Shape): Value {
  if (equalShapes(x.shape, shape)) return x;
  requireSameCount(x, shape);
  return x.graph.operation(
    'Reshape',
    [x, shapeOperand(x, shape)],
    { type: x.type, shape },
    {
      vjp: ([gradient]) => [reshape(gradient!, x.shape)],
    },
  );
}

/**
 * The same elements in the shape of `like`, whatever the names in both stand for.
 * @throws PolytokError `INVALID_ARGUMENT` when the numbers of elements are known to differ
 */
export function reshapeLike(x: Value, like: Value): Value {
  if (equalShapes(x.shape, like.shape)) return x;
  if ([...x.shape, ...like.shape].every((size) => typeof size === 'number')) return reshape(x, like.shape);
  return x.graph.operation(
    'Reshape',
    [x, sizesOf(like)],
    { type: x.type, shape: like.shape },
    {
      vjp: ([gradient]) => [reshapeLike(gradient!, x)],
    },
  );
}

/** Axis `order[i]` of `x` becomes axis `i`. Default: all in reverse. */
export function transpose(
  x: Value,
  order: readonly number[] = x.shape.map((_, axis) => axis).reverse(),
): Value {
  const rank = x.shape.length;
  const axes = order.map((axis) => frontAxis(axis, rank));
  if (axes.length !== rank || new Set(axes).size !== rank) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `An order of the axes of ${formatShape(x.shape)} names each of them once; got [${order.join(', ')}].`,
      { details: { shape: x.shape, order } },
    );
  }
  const shape = axes.map((axis) => x.shape[axis]);
  const back = axes.map((_, axis) => axes.indexOf(axis));
  return x.graph.operation(
    'Transpose',
    [x],
    { type: x.type, shape },
    {
      attributes: { perm: { ints: axes } },
      vjp: ([gradient]) => [transpose(gradient!, back)],
    },
  );
}

/** `x` repeated to the shape of `like`. */
export function expandLike(x: Value, like: Value): Value {
  const sizes = like.shape.every((size) => typeof size === 'number')
    ? integers(x.graph, like.shape as readonly number[])
    : sizesOf(like);
  return x.graph.operation(
    'Expand',
    [x, sizes],
    { type: x.type, shape: like.shape },
    {
      vjp: ([gradient]) => [sumToShape(gradient!, x.shape)],
    },
  );
}

/** 0, 1, 2, … along an axis of `x`: `[size]`, int64. */
export function positionsAlong(x: Value, axis: number): Value {
  const { graph } = x;
  const size = x.shape[axis];
  if (typeof size === 'number') {
    return graph.constant(
      'int64',
      [size],
      BigInt64Array.from({ length: size }, (_, at) => BigInt(at)),
    );
  }
  const [zero, one] = [0, 1].map((value) => scalar(graph, 'int64', value));
  return graph.operation('Range', [zero, reshape(sizesOf(x, [axis]), []), one], {
    type: 'int64',
    shape: [size],
  });
}

/** Zeros in the shape of `x`, whatever `x` holds. */
export function zerosLike(x: Value): Value {
  return expandLike(scalar(x.graph, x.type, 0), x);
}

/** Sizes of some axes, `[axes]` of int64, read when the network runs. Default: of all. */
export function sizesOf(x: Value, axes: readonly number[] = x.shape.map((_, axis) => axis)): Value {
  const { graph } = x;
  const sizes = graph.operation('Shape', [x], { type: 'int64', shape: [x.shape.length] });
  if (axes.length === x.shape.length) return sizes;
  const chosen = integers(graph, axes);
  return graph.operation('Gather', [sizes, chosen], { type: 'int64', shape: [axes.length] });
}

/** The second input of ONNX's Reshape: 0 copies a size, −1 is what is left. */
function shapeOperand(x: Value, shape: Shape): Value {
  let left = 1;
  const sizes = shape.map((size, axis): number | undefined => {
    if (typeof size === 'number') return size;
    if (size === x.shape[axis]) return 0;
    return left-- > 0 ? -1 : undefined;
  });
  if (sizes.every((size) => size !== undefined)) return integers(x.graph, sizes);
  // Two or more names that moved: their sizes are read from `x`.
  return concat(
    shape.map((size) => {
      if (typeof size === 'number') return integers(x.graph, [size]);
      const axis = x.shape.indexOf(size);
      return axis === -1 ? integers(x.graph, [-1]) : sizesOf(x, [axis]);
    }),
    { axis: 0 },
  );
}

function requireSameCount(x: Value, shape: Shape): void {
  const count = productOf(x.shape);
  const wanted = productOf(shape);
  if (count === wanted) return;
  const unknown = shape.filter((size): size is string => typeof size === 'string' && !x.shape.includes(size));
  const known = (sizes: Shape): Dimension => productOf(sizes.filter((size) => typeof size === 'number'));
  const possible =
    unknown.length === 1 || (typeof count === 'string' && unknown.length === 0 && sameNames(x.shape, shape));
  if (possible && (unknown.length === 1 || known(x.shape) === known(shape))) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `A value of shape ${formatShape(x.shape)} has ${count} elements and cannot become ${formatShape(shape)}, which has ${wanted}.`,
    { details: { from: x.shape, to: shape } },
  );
}

function sameNames(a: Shape, b: Shape): boolean {
  const names = (shape: Shape) =>
    shape
      .filter((size) => typeof size === 'string')
      .sort()
      .join();
  return names(a) === names(b);
}
