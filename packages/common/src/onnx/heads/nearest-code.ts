import { requireChoice } from '../../arguments.js';
import { PolytokError } from '../../errors.js';
import type { Value } from '../graph/graph.js';
import { formatShape } from '../graph/shape.js';
import { sqrt, square } from '../ops/activation.js';
import { divide, maximum, multiply, subtract } from '../ops/arithmetic.js';
import { cast } from '../ops/cast.js';
import { argMax, gather } from '../ops/gather.js';
import { matMul } from '../ops/matmul.js';
import { reduceSum } from '../ops/reduce.js';
import { reshape, transpose } from '../ops/reshape.js';

export const CODE_METRICS = ['euclidean', 'cosine'] as const;

export interface NearestCodeOptions {
  /** 'euclidean': the least |x − c|; 'cosine': the largest (x·c)/(|x||c|), and codes of length 1. Default: 'euclidean'. */
  readonly metric?: (typeof CODE_METRICS)[number];
}

/** What a quantizer inside a network gives. */
export interface Quantized {
  /** `[…]`, int32 */
  readonly ids: Value;
  /** `[…, dimension]`: what the ids stand for. */
  readonly rows: Value;
}

/** Least length that a code is divided by, as PyTorch's `normalize` has it. */
const LEAST_LENGTH = 1e-12;

/**
 * Vector quantization (van den Oord et al., arXiv 1711.00937): the ids of `Vq` and `vq-cosine` on the same codes, and the
 * codes. Of codes equally near the lowest id wins.
 *
 * Rows have a gradient on the codes, and none on `x`: `straightThrough(x, rows)` or `rotationTrick(x, rows)` gives one.
 * @param x `[…, dimension]`
 * @param codes `[count, dimension]`
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function nearestCode(
  x: Value,
  codes: Value,
  { metric = 'euclidean' }: NearestCodeOptions = {},
): Quantized {
  requireChoice(metric, 'metric', CODE_METRICS);
  if (x.shape.length < 2 || codes.shape.length !== 2 || x.shape.at(-1) !== codes.shape[1]) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `nearestCode takes […, dimension] and codes [count, dimension]; got ${formatShape(x.shape)} and ${formatShape(codes.shape)}.`,
      { details: { x: x.shape, codes: codes.shape } },
    );
  }
  const squares = reduceSum(square(codes), { axes: [1], keepDimensions: true });
  const table = metric === 'cosine' ? divide(codes, maximum(sqrt(squares), LEAST_LENGTH)) : codes;
  const products = matMul(x, transpose(table));
  // |x − c|² = |x|² − 2(x·c − |c|²/2): the least where the bracket is largest.
  const scores =
    metric === 'cosine' ? products : subtract(products, multiply(reshape(squares, [codes.shape[0]]), 0.5));
  const ids = argMax(scores);
  return { ids: cast(ids, 'int32'), rows: gather(table, ids) };
}
