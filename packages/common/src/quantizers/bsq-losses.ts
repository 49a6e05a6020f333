import type { Bsq } from './bsq.js';
import type { Vectors } from './contract.js';
import { mean } from './mean.js';
import { meanSquaredDistance } from './mean-squared-distance.js';
import { signEntropies } from './sign-entropy.js';
import type { RowMask } from './training-rows.js';
import { unitRows } from './unit-rows.js';

export interface BsqLossOptions {
  readonly quantizer: Bsq;
  /** `(rows, dimension)`, at least one row; need not be normalised. */
  readonly vectors: Vectors;
  /** `(rows)`; default: all rows count. */
  readonly mask?: RowMask;
  /** Default: 100. */
  readonly inverseTemperature?: number;
}

/** The terms of the loss, unweighted; entropies in nats, summed over codebooks. */
export interface BsqLosses {
  readonly sampleEntropy: number;
  readonly batchEntropy: number;
  /** Mean over rows and dimensions of (u − q)². */
  readonly commitment: number;
}

/**
 * The terms of the BSQ loss (arXiv 2406.07548), all on the normalised vectors u. Each codebook is one group of bits of
 * the factorised entropy; the sample part does not depend on the grouping, the batch part does.
 * @throws PolytokError `INVALID_ARGUMENT` for bad vectors or no row that counts; `LIMIT_EXCEEDED` beyond 20 bits per codebook
 */
export function bsqLosses({ quantizer, vectors, mask, inverseTemperature = 100 }: BsqLossOptions): BsqLosses {
  const { bits, codebooks, codeValue, dimension } = quantizer;
  const units = unitRows(vectors, dimension);
  const entropies = signEntropies({
    vectors: units,
    bits,
    groups: codebooks,
    inverseTemperature,
    codeValue,
    form: 'clamped',
    mask,
  });
  const codes = quantizer.dequantize(quantizer.quantize(vectors), new Float64Array(vectors.length));
  return {
    sampleEntropy: codebooks * mean(entropies.sample),
    batchEntropy: codebooks * mean(entropies.batch),
    commitment: meanSquaredDistance(units, codes, dimension, mask),
  };
}
