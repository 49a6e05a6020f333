import type { Vectors } from './contract.js';
import type { LatentQuantizer } from './latent-quantizer.js';
import { meanSquaredDistance } from './mean-squared-distance.js';
import { type RowMask, trainingRows } from './training-rows.js';

export interface LatentLossOptions {
  readonly quantizer: LatentQuantizer;
  /** x, `(rows, dimension)`, at least one row. */
  readonly vectors: Vectors;
  /** `(rows)`; default: all rows count. */
  readonly mask?: RowMask;
  /** Default: 0.1. */
  readonly quantizationWeight?: number;
  /** Default: 0.1. */
  readonly commitmentWeight?: number;
}

export interface LatentLosses {
  /** Mean over rows and dimensions of (x − sg q)²: pulls the vectors to the values. */
  readonly quantization: number;
  /** Mean of (sg x − q)²: pulls the values to the vectors. The same number with another gradient. */
  readonly commitment: number;
  /** `quantizationWeight·quantization + commitmentWeight·commitment` */
  readonly total: number;
}

/**
 * The losses of latent quantization (arXiv 2305.18378) with the names and weights of
 * vector-quantize-pytorch, which calls commitment what VQ papers call the codebook loss.
 * @throws PolytokError `INVALID_ARGUMENT` for bad vectors or no row that counts
 */
export function latentLosses(options: LatentLossOptions): LatentLosses {
  const { quantizer, vectors, mask, quantizationWeight = 0.1, commitmentWeight = 0.1 } = options;
  const codes = quantizer.dequantize(quantizer.quantize(vectors), new Float64Array(vectors.length));
  const squared = meanSquaredDistance(vectors, codes, quantizer.dimension, mask);
  return {
    quantization: squared,
    commitment: squared,
    total: (quantizationWeight + commitmentWeight) * squared,
  };
}

/**
 * Gradient of `commitmentWeight·commitment` with respect to the values, for training them: each value is pulled to the
 * numbers that chose it.
 * @returns as `quantizer.values`
 * @throws PolytokError `INVALID_ARGUMENT` as {@link latentLosses}
 */
export function latentValuesGradient(options: LatentLossOptions): Float64Array[] {
  const { quantizer, vectors, mask, commitmentWeight = 0.1 } = options;
  const { dimension, codebooks, values } = quantizer;
  const starts = trainingRows(vectors, dimension, mask);
  const gradient = values.map(({ length }) => new Float64Array(length));
  const digits = quantizer.nearestValues(vectors);
  const scale = (2 * commitmentWeight) / (starts.length * dimension);
  const perCodebook = dimension / codebooks;
  for (const start of starts) {
    for (let i = 0; i < dimension; i++) {
      const j = i % perCodebook;
      const digit = digits[start + i];
      gradient[j][digit] += scale * (values[j][digit] - vectors[start + i]);
    }
  }
  return gradient;
}
