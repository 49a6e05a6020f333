/** Scaled dot-product attention of several heads (Vaswani et al., arXiv 1706.03762). */
import { PolytokError } from '../../errors.js';
import type { Value } from '../graph/graph.js';
import { formatShape } from '../graph/shape.js';
import { multiply, subtract } from './arithmetic.js';
import { matMul } from './matmul.js';
import { reduceSum } from './reduce.js';
import { reshape, transpose } from './reshape.js';
import { softmax } from './softmax.js';

export interface AttentionOptions {
  /** `[batch, keys, width]` */
  readonly key: Value;
  /** `[batch, keys, width]` */
  readonly value: Value;
  /** A divisor of the width. */
  readonly heads: number;
}

/**
 * softmax(query · keyᵀ / √(width / heads)) · value, for each head's part of the width.
 *
 * One operation of ONNX Runtime's own, `com.microsoft.MultiHeadAttention`, which all of its builds have: it goes block by
 * block, without `[heads, frames, keys]` in memory (180 MB for 30 s of Whisper large). The gradient computes them again.
 * @param query `[batch, frames, width]`
 * @returns `[batch, frames, width]`
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function attention(query: Value, { key, value, heads }: AttentionOptions): Value {
  const width = query.shape.at(-1);
  const fit = [query, key, value].every(({ shape }) => shape.length === 3 && shape[2] === width);
  if (!fit || typeof width !== 'number' || width % heads !== 0) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `Attention takes [batch, frames, width] and twice [batch, keys, width], of a width that the ${heads} heads divide; got ${[query, key, value].map(({ shape }) => formatShape(shape)).join(', ')}.`,
      { details: { query: query.shape, key: key.shape, value: value.shape, heads } },
    );
  }
  const each = width / heads;
  const { graph, type, shape } = query;
  const apart = (x: Value) => reshape(x, [x.shape[0], x.shape[1], heads, each]);
  const split = (x: Value) => transpose(apart(x), [0, 2, 1, 3]);
  const join = (x: Value, like: Value) => reshape(transpose(x, [0, 2, 1, 3]), like.shape);
  return graph.operation(
    'com.microsoft.MultiHeadAttention',
    [query, key, value],
    { type, shape },
    {
      attributes: { num_heads: { int: heads } },
      vjp: ([gradient], [result]) => {
        const [q, k, v, dy] = [multiply(query, each ** -0.5), key, value, gradient!].map(split);
        const shares = softmax(matMul(q, transpose(k, [0, 1, 3, 2])));
        const dShares = matMul(dy, transpose(v, [0, 1, 3, 2]));
        // Σ shares · dShares over the keys is Σ result · gradient over a head's channels, which are fewer.
        const sums = reduceSum(apart(multiply(result, gradient!)), { axes: [3], keepDimensions: true });
        const dScores = multiply(shares, subtract(dShares, transpose(sums, [0, 2, 1, 3])));
        return [
          multiply(join(matMul(dScores, k), query), each ** -0.5),
          join(matMul(transpose(dScores, [0, 1, 3, 2]), q), key),
          join(matMul(transpose(shares, [0, 1, 3, 2]), dy), value),
        ];
      },
    },
  );
}
