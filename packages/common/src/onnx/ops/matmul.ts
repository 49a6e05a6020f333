import { PolytokError } from '../../errors.js';
import type { Value } from '../graph/graph.js';
import { broadcastShapes, formatShape, productOf } from '../graph/shape.js';
import { sumToShape } from './broadcast.js';
import { concat } from './concat.js';
import { gemm } from './gemm.js';
import { integers, requireSameType } from './operand.js';
import { reshape, sizesOf, transpose } from './reshape.js';

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
        if (b.shape.length === 2) {
          // One large product instead of many small ones that are summed.
          const rows = asMatrix(dy);
          const da = rowsLike(gemm(rows, b, { transposeB: true }), a);
          return [da, gemm(asMatrix(a), rows, { transposeA: true })];
        }
        const da = matMul(dy, swapLast(b));
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

/** @param x `[…, inputs]` @returns `[…, outputs]` @throws PolytokError `INVALID_ARGUMENT` */
export function linear(x: Value, { weight, bias }: LinearWeights): Value {
  return rowsLike(gemm(asMatrix(x), weight, { transposeB: true, bias }), x);
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

/** Rows `[rows, columns]` in the shape `[…, columns]`, with the leading axes of `like`. */
function rowsLike(rows: Value, like: Value): Value {
  const leading = like.shape.slice(0, -1);
  if (leading.length === 1) return rows;
  const columns = rows.shape[1];
  const { graph, type } = rows;
  const names = leading.filter((size) => typeof size === 'string');
  const sizes =
    names.length < 2 && typeof columns === 'number'
      ? integers(
          graph,
          [...leading, columns].map((size) => (typeof size === 'number' ? size : -1)),
        )
      : concat(
          [
            sizesOf(
              like,
              leading.map((_, axis) => axis),
            ),
            sizesOf(rows, [1]),
          ],
          { axis: 0 },
        );
  return graph.operation(
    'Reshape',
    [rows, sizes],
    { type, shape: [...leading, columns] },
    {
      vjp: ([gradient]) => [asMatrix(gradient!)],
    },
  );
}
