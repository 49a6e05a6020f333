import type { Vectors } from './contract.js';
import { meanSquaredDistance } from './mean-squared-distance.js';
import type { SimVq } from './sim-vq.js';
import { type RowMask, trainingRows } from './training-rows.js';

export interface SimVqLossOptions {
  readonly quantizer: SimVq;
  /** x, `(rows, dimension)`, at least one row. */
  readonly vectors: Vectors;
  /** `(rows)`; default: all rows count. */
  readonly mask?: RowMask;
  /** β, of the commitment. Default: 0.25. */
  readonly commitmentWeight?: number;
}

export interface SimVqLosses {
  /** Mean over rows and dimensions of (sg x − q)²: trains W. */
  readonly codebook: number;
  /** Mean of (x − sg q)²: trains what made x. The same number with another gradient. */
  readonly commitment: number;
  /** `codebook + commitmentWeight·commitment` */
  readonly total: number;
}

/** Of `total`. What a decoder sends back through the quantizer comes on top (see `rotationTrickGradient`). */
export interface SimVqGradients {
  /** ∂/∂W, `(dimension, frozenDimension)` */
  readonly transform: Float64Array;
  /** ∂/∂x, `(rows, dimension)`; rows left out have 0. */
  readonly vectors: Float64Array;
}

/**
 * The losses of SimVQ (arXiv 2411.02038), with the weights of vector-quantize-pytorch.
 * @throws PolytokError `INVALID_ARGUMENT` for bad vectors or no row that counts
 */
export function simVqLosses({
  quantizer,
  vectors,
  mask,
  commitmentWeight = 0.25,
}: SimVqLossOptions): SimVqLosses {
  const codes = quantizer.dequantize(quantizer.quantize(vectors), new Float64Array(vectors.length));
  const squared = meanSquaredDistance(vectors, codes, quantizer.dimension, mask);
  return { codebook: squared, commitment: squared, total: (1 + commitmentWeight) * squared };
}

/** @throws PolytokError `INVALID_ARGUMENT` as {@link simVqLosses} */
export function simVqGradients({
  quantizer,
  vectors,
  mask,
  commitmentWeight = 0.25,
}: SimVqLossOptions): SimVqGradients {
  const { dimension } = quantizer;
  const starts = trainingRows(vectors, dimension, mask);
  const ids = quantizer.quantize(vectors);
  const codes = quantizer.dequantize(ids, new Float64Array(vectors.length));
  const byCode = new Float64Array(vectors.length);
  const scale = 2 / (starts.length * dimension);
  for (const start of starts) {
    for (let i = start; i < start + dimension; i++) byCode[i] = scale * (codes[i] - vectors[i]);
  }
  return {
    transform: quantizer.transformGradient(ids, byCode),
    vectors: byCode.map((slope) => -commitmentWeight * slope),
  };
}
