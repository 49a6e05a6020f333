/** Choosing elements by index. */
import { PolytokError } from '../../errors.js';
import type { Value } from '../graph/graph.js';
import { formatShape, frontAxis } from '../graph/shape.js';
import { multiply } from './arithmetic.js';
import { reshape } from './reshape.js';

/**
 * Rows of a table: embeddings of tokens, codes of ids.
 * @param table `[rows, …]`
 * @param indices any shape, int64 or int32
 * @returns `[…indices, …]`
 */
export function gather(table: Value, indices: Value): Value {
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
 * @param indices `[…]`, int64
 * @returns `[…]`
 */
export function pick(x: Value, indices: Value): Value {
  const { graph, type } = x;
  if (indices.shape.length !== x.shape.length - 1) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `pick takes one index per row of ${formatShape(x.shape)}; got ${formatShape(indices.shape)}.`,
      { details: { shape: x.shape, indices: indices.shape } },
    );
  }
  const axis = { axis: { int: x.shape.length - 1 } };
  const column = reshape(indices, [...indices.shape, 1]);
  const picked = graph.operation(
    'GatherElements',
    [x, column],
    { type, shape: column.shape },
    {
      attributes: axis,
      vjp: ([gradient]) => [
        graph.operation(
          'ScatterElements',
          [multiply(x, 0), column, gradient],
          { type, shape: x.shape },
          { attributes: axis },
        ),
      ],
    },
  );
  return reshape(picked, indices.shape);
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

/** The gradient of {@link gather}: the rows of `gradient` added up where they came from. */
function scatterRows(gradient: Value, table: Value, indices: Value): Value {
  const { graph, type, shape } = table;
  const operands = [multiply(table, 0), reshape(indices, [...indices.shape, 1]), gradient];
  return graph.operation(
    'ScatterND',
    operands,
    { type, shape },
    { attributes: { reduction: { string: 'add' } } },
  );
}
