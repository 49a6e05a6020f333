import type { Vectors } from './contract.js';
import { meanSquaredDistance } from './mean-squared-distance.js';
import type { MultiScaleVq } from './multi-scale-vq.js';
import type { RowMask } from './training-rows.js';

export interface MultiScaleVqLossOptions {
  readonly quantizer: MultiScaleVq;
  /** f, `(maps, channels, side, side)`, at least one map. */
  readonly vectors: Vectors;
  /** `(maps)`; default: all maps count. */
  readonly mask?: RowMask;
  /** β, of the commitment. Default: 0.25. */
  readonly commitmentWeight?: number;
}

export interface MultiScaleVqLosses {
  /** Mean of (f − f̂)² after each scale, coarse to fine: what a picture loses that stops there. */
  readonly scales: readonly number[];
  /** Mean over scales of (f̂ − sg f)²: trains codes and convolutions. */
  readonly codebook: number;
  /** Mean over scales of (sg f̂ − f)². The same number with another gradient. */
  readonly commitment: number;
  /** `codebook + commitmentWeight·commitment` */
  readonly total: number;
}

/**
 * The losses of VAR's quantizer (arXiv 2404.02905), with the weight of its code.
 * @throws PolytokError `INVALID_ARGUMENT` for bad maps or none that counts
 */
export function multiScaleVqLosses(options: MultiScaleVqLossOptions): MultiScaleVqLosses {
  const { quantizer, vectors, mask, commitmentWeight = 0.25 } = options;
  const partial = quantizer.partialMaps(quantizer.quantize(vectors));
  const scales = partial.map((maps) => meanSquaredDistance(vectors, maps, quantizer.dimension, mask));
  const codebook = scales.reduce((sum, value) => sum + value, 0) / scales.length;
  return { scales, codebook, commitment: codebook, total: (1 + commitmentWeight) * codebook };
}
