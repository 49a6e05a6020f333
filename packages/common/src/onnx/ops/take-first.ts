import { PolytokError } from '../../errors.js';
import type { Value } from '../graph/graph.js';
import { type Dimension, formatShape, frontAxis } from '../graph/shape.js';
import { subtract } from './arithmetic.js';
import { concat } from './concat.js';
import { integers } from './operand.js';
import { sizesOf } from './reshape.js';

export interface TakeFirstOptions {
  readonly axis: number;
  /** `[1]`, int64, computed or fed when the network runs; at most the size of the axis. */
  readonly count: Value;
  /** Size of the axis in the result: a name. */
  readonly size: Dimension;
}

/**
 * The first elements along an axis, as many as a run says: the frames of a clip without its padding.
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function takeFirst(x: Value, { axis, count, size }: TakeFirstOptions): Value {
  const { graph, type } = x;
  const at = frontAxis(axis, x.shape.length);
  if (count.type !== 'int64' || count.shape.length !== 1 || count.shape[0] !== 1) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `The count of takeFirst is int64 [1]; got ${count.type} ${formatShape(count.shape)}.`,
      { details: { type: count.type, shape: count.shape } },
    );
  }
  const shape = x.shape.map((old, other) => (other === at ? size : old));
  const [zero, axes, one] = [[0], [at], [1]].map((values) => integers(graph, values));
  return graph.operation(
    'Slice',
    [x, zero, count, axes, one],
    { type, shape },
    {
      vjp: ([gradient]) => {
        const missing = subtract(sizesOf(x, [at]), count);
        const none = (axes: number) => integers(graph, new Array(axes).fill(0));
        const before = x.shape.length + at;
        const after = x.shape.length - at - 1;
        const pads = concat([none(before), missing, ...(after > 0 ? [none(after)] : [])], { axis: 0 });
        return [graph.operation('Pad', [gradient, pads], { type, shape: x.shape })];
      },
    },
  );
}
