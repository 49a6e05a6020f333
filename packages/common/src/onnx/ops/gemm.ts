import { PolytokError } from '../../errors.js';
import type { Value } from '../graph/graph.js';
import { formatShape } from '../graph/shape.js';
import { sumToShape } from './broadcast.js';
import { requireSameType } from './operand.js';

export interface GemmOptions {
  /** Takes `aᵀ`. Default: false. */
  readonly transposeA?: boolean;
  /** Takes `bᵀ`. Default: false. */
  readonly transposeB?: boolean;
  /** `[columns]`, added to every row. Default: none. */
  readonly bias?: Value;
}

/**
 * Product of two matrices as they lie in memory, either of them transposed on the way: nothing is copied, and weights
 * that a file is mapped for stay there.
 * @param a `[rows, inner]`, or `[inner, rows]`
 * @param b `[inner, columns]`, or `[columns, inner]`
 * @returns `[rows, columns]`
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function gemm(a: Value, b: Value, options: GemmOptions = {}): Value {
  const { transposeA = false, transposeB = false, bias } = options;
  requireSameType(a, b, 'gemm');
  const [rows, inner] = transposeA ? [...a.shape].reverse() : a.shape;
  const [other, columns] = transposeB ? [...b.shape].reverse() : b.shape;
  if (a.shape.length !== 2 || b.shape.length !== 2 || inner !== other) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `A product of matrices takes [rows, inner] and [inner, columns], with transposes if asked for; got ${formatShape(a.shape)} and ${formatShape(b.shape)}.`,
      { details: { a: a.shape, b: b.shape, transposeA, transposeB } },
    );
  }
  return a.graph.operation(
    'Gemm',
    bias ? [a, b, bias] : [a, b],
    { type: a.type, shape: [rows, columns] },
    {
      attributes: { transA: { int: Number(transposeA) }, transB: { int: Number(transposeB) } },
      vjp: ([gradient]) => {
        const dy = gradient!;
        return [
          transposeA
            ? gemm(b, dy, { transposeA: transposeB, transposeB: true })
            : gemm(dy, b, { transposeB: !transposeB }),
          transposeB
            ? gemm(dy, a, { transposeA: true, transposeB: transposeA })
            : gemm(a, dy, { transposeA: !transposeA }),
          bias && sumToShape(dy, bias.shape),
        ];
      },
    },
  );
}
