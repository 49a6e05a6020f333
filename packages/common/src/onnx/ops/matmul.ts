import { PolytokError } from '../../errors.js';
import type { Value } from '../graph/graph.js';
import { broadcastShapes, formatShape, productOf } from '../graph/shape.js';
import { add } from './arithmetic.js';
import { sumToShape } from './broadcast.js';
import { requireSameType } from './operand.js';
import { reshape, transpose } from './reshape.js';

/**
 * Matrix product of the last two axes; the axes before are broadcast.
 * @param a `[…, rows, inner]`
 * @param b `[…, inner, columns]`
 * @returns `[…, rows, columns]`
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function matMul(a: Value, b: Value): Value {
  requireSameType(a, b, 'matMul');
  const { graph, type } = a;
  if (a.shape.length < 2 || b.shape.length < 2 || a.shape.at(-1) !== b.shape.at(-2)) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `matMul takes […, rows, inner] and […, inner, columns]; got ${formatShape(a.shape)} and ${formatShape(b.shape)}.`,
      { details: { a: a.shape, b: b.shape } },
    );
  }
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...batch, a.shape.at(-2)!, b.shape.at(-1)!];
  return graph.operation(
    'MatMul',
    [a, b],
    { type, shape },
    {
      vjp: ([gradient]) => {
        const dy = gradient!;
        const da = matMul(dy, swapLast(b));
        if (b.shape.length === 2) {
          // One large product instead of many small ones that are summed.
          return [da, matMul(transpose(asMatrix(a)), asMatrix(dy))];
        }
        return [sumToShape(da, a.shape), sumToShape(matMul(swapLast(a), dy), b.shape)];
      },
    },
  );
}

/** `x · weightᵀ + bias`, with the weight laid out as PyTorch has it. */
export interface LinearWeights {
  /** `[outputs, inputs]` */
  readonly weight: Value;
  /** `[outputs]`. Default: none. */
  readonly bias?: Value;
}

/** @param x `[…, inputs]` @returns `[…, outputs]` */
export function linear(x: Value, { weight, bias }: LinearWeights): Value {
  const product = matMul(x, transpose(weight));
  return bias ? add(product, bias) : product;
}

function swapLast(x: Value): Value {
  const rank = x.shape.length;
  const order = x.shape.map((_, axis) => axis);
  return transpose(x, [...order.slice(0, -2), rank - 1, rank - 2]);
}

/** `[…, columns]` as `[rows, columns]`. */
function asMatrix(x: Value): Value {
  return x.shape.length === 2 ? x : reshape(x, [productOf(x.shape.slice(0, -1)), x.shape.at(-1)!]);
}
