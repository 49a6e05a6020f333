/** Maps of more or fewer positions. */
import { requireInteger } from '../../arguments.js';
import { PolytokError } from '../../errors.js';
import type { Value } from '../graph/graph.js';
import { formatShape, productOf, type Shape } from '../graph/shape.js';
import { reduceSum } from './reduce.js';
import { reshapeLike } from './reshape.js';

/**
 * Every position `factor` × `factor` times.
 * @param x `[batch, channels, height, width]`
 * @returns `[batch, channels, factor · height, factor · width]`
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function upsampleNearest(x: Value, factor: number): Value {
  const { graph, type } = x;
  const [batch, channels, height, width] = mapShape(x);
  requireInteger(factor, 'factor', { minimum: 1 });
  const scales = graph.constant('float32', [4], Float32Array.of(1, 1, factor, factor));
  const shape = [batch, channels, productOf([factor, height]), productOf([factor, width])];
  return graph.operation(
    'Resize',
    [x, undefined, scales],
    { type, shape },
    {
      attributes: {
        mode: { string: 'nearest' },
        coordinate_transformation_mode: { string: 'asymmetric' },
        nearest_mode: { string: 'floor' },
      },
      vjp: ([gradient]) => [sumOfBlocks(gradient!, x, factor)],
    },
  );
}

/**
 * Channels as blocks of positions: channel `(factor · dy + dx) · outputs + c` becomes channel c at offset (dy, dx).
 * @param x `[batch, factor² · outputs, height, width]`
 * @returns `[batch, outputs, factor · height, factor · width]`
 * @throws PolytokError `INVALID_ARGUMENT` unless factor² divides the channels
 */
export function depthToSpace(x: Value, factor: number): Value {
  const { graph, type } = x;
  const [batch, channels, height, width] = mapShape(x);
  requireInteger(factor, 'factor', { minimum: 1 });
  if (typeof channels !== 'number' || channels % factor ** 2 !== 0) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `depthToSpace takes channels that are a multiple of ${factor ** 2}; got ${formatShape(x.shape)}.`,
      { details: { shape: x.shape, factor } },
    );
  }
  const shape = [batch, channels / factor ** 2, productOf([factor, height]), productOf([factor, width])];
  return graph.operation(
    'DepthToSpace',
    [x],
    { type, shape },
    {
      attributes: { blocksize: { int: factor }, mode: { string: 'DCR' } },
      vjp: ([gradient]) => [spaceToDepth(gradient!, factor, x.shape)],
    },
  );
}

/** The inverse of {@link depthToSpace}. */
function spaceToDepth(x: Value, factor: number, shape: Shape): Value {
  return x.graph.operation(
    'SpaceToDepth',
    [x],
    { type: x.type, shape },
    {
      attributes: { blocksize: { int: factor } },
      vjp: ([gradient]) => [depthToSpace(gradient!, factor)],
    },
  );
}

/** The sum of each block of `factor` × `factor` positions, in the shape of `like`. */
function sumOfBlocks(gradient: Value, like: Value, factor: number): Value {
  const [batch, channels, height, width] = like.shape;
  const count = factor ** 2;
  const deep = spaceToDepth(gradient, factor, [batch, productOf([count, channels]), height, width]);
  const blocks = gradient.graph.operation(
    'Reshape',
    [deep, gradient.graph.constant('int64', [4], BigInt64Array.of(0n, BigInt(count), BigInt(channels), -1n))],
    { type: gradient.type, shape: [batch, count, channels, productOf([height, width])] },
    { vjp: ([upstream]) => [reshapeLike(upstream!, deep)] },
  );
  return reshapeLike(reduceSum(blocks, { axes: [1] }), like);
}

function mapShape({ shape }: Value): Shape {
  if (shape.length === 4 && typeof shape[1] === 'number') return shape;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `A map is [batch, channels, height, width] with channels that are a number; got ${formatShape(shape)}.`,
    { details: { shape } },
  );
}
