/** Choosing elements by index. */
import { PolytokError } from '../../errors.js';
import type { Value } from '../graph/graph.js';
import { equalShapes, formatShape, frontAxis, productOf } from '../graph/shape.js';
import { INDEX_TYPES, requireType } from './operand.js';
import { expandLike, reshape, zerosLike } from './reshape.js';

/**
 * Rows of a table: embeddings of tokens, codes of ids.
 * @param table `[rows, …]`
 * @param indices any shape, int64 or int32
 * @returns `[…indices, …]`
 */
export function gather(table: Value, indices: Value): Value {
  requireType(indices, INDEX_TYPES, 'An index of gather');
  const { graph, type } = table;
  const shape = [...indices.shape, ...table.shape.slice(1)];
  return graph.operation(
    'Gather',
    [table, indices],
    { type, shape },
    { attributes: { axis: { int: 0 } }, vjp: ([gradient]) => [scatterRows(gradient!, table, indices)] },
  );
}

/**
 * One element of each row: the probability of the right class.
 * @param x `[…, classes]`
 * @param indices `[…]`, int64 or int32
 * @returns `[…]`
 */
export function pick(x: Value, indices: Value): Value {
  if (indices.shape.length !== x.shape.length - 1) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `pick takes one index per row of ${formatShape(x.shape)}; got ${formatShape(indices.shape)}.`,
      { details: { shape: x.shape, indices: indices.shape } },
    );
  }
  return reshape(takeAlong(x, reshape(indices, [...indices.shape, 1])), indices.shape);
}

/**
 * Elements along the last axis: `y[…, i] = x[…, indices[…, i]]`.
 * @param x `[…, classes]`
 * @param indices `[…, count]`, int64 or int32
 * @returns `[…, count]`
 * @throws PolytokError `INVALID_ARGUMENT` unless the sizes before the last are equal
 */
export function takeAlong(x: Value, indices: Value): Value {
  requireType(indices, INDEX_TYPES, 'An index of takeAlong');
  const { graph, type } = x;
  if (x.shape.length === 0 || !equalShapes(indices.shape.slice(0, -1), x.shape.slice(0, -1))) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `takeAlong takes […, classes] and indices […, count]; got ${formatShape(x.shape)} and ${formatShape(indices.shape)}.`,
      { details: { shape: x.shape, indices: indices.shape } },
    );
  }
  const axis = x.shape.length - 1;
  return graph.operation(
    'GatherElements',
    [x, indices],
    { type, shape: indices.shape },
    {
      attributes: { axis: { int: axis } },
      vjp: ([gradient]) => [scatterAdd(zerosLike(x), indices, gradient!, axis)],
    },
  );
}

/** Index of the largest element along an axis, which is dropped; the first of equal ones. int64. */
export function argMax(x: Value, { axis = -1 }: { readonly axis?: number } = {}): Value {
  const at = frontAxis(axis, x.shape.length);
  const shape = x.shape.filter((_, other) => other !== at);
  return x.graph.operation(
    'ArgMax',
    [x],
    { type: 'int64', shape },
    { attributes: { axis: { int: at }, keepdims: { int: 0 } } },
  );
}

/**
 * The gradient of {@link gather}: the rows of `gradient` added up where they came from. By ScatterElements: ONNX Runtime's
 * ScatterND loses sums of rows that come twice, when it has more than one thread (microsoft/onnxruntime#18048).
 */
function scatterRows(gradient: Value, table: Value, indices: Value): Value {
  const [rows, ...rest] = table.shape;
  const wide = [productOf(indices.shape), productOf(rest)];
  const updates = reshape(gradient, wide);
  const sums = scatterAdd(
    zerosLike(reshape(table, [rows, wide[1]])),
    expandLike(reshape(indices, [wide[0], 1]), updates),
    updates,
    0,
  );
  return reshape(sums, table.shape);
}

/** `x` with updates added at indices along an axis; those that meet are summed. All have one rank. */
export function scatterAdd(x: Value, indices: Value, updates: Value, axis: number): Value {
  return x.graph.operation('ScatterElements', [x, indices, updates], x, {
    attributes: { axis: { int: axis }, reduction: { string: 'add' } },
  });
}
