import type { Vectors } from './contract.js';
import type { Lfq } from './lfq.js';
import { mean } from './mean.js';
import { meanSquaredDistance } from './mean-squared-distance.js';
import { signEntropies } from './sign-entropy.js';
import type { RowMask } from './training-rows.js';
import { unitRows } from './unit-rows.js';

export interface LfqLossOptions {
  readonly quantizer: Lfq;
  /** `(rows, dimension)`, at least one row. */
  readonly vectors: Vectors;
  /** `(rows)`; default: all rows count. */
  readonly mask?: RowMask;
  /** Default: 100. */
  readonly inverseTemperature?: number;
  /** Default: 0.1. */
  readonly entropyWeight?: number;
  /** γ, of the batch entropy. Default: 1. */
  readonly diversityGamma?: number;
  /** Default: 0. */
  readonly commitmentWeight?: number;
}

/** Entropies in nats, averaged over codebooks. */
export interface LfqLosses {
  readonly sampleEntropy: number;
  readonly batchEntropy: number;
  /** Mean over rows and dimensions of (x − q)². */
  readonly commitment: number;
  /** `entropyWeight·(sampleEntropy − γ·batchEntropy) + commitmentWeight·commitment`; may be negative. */
  readonly total: number;
}

/**
 * The auxiliary losses of LFQ (arXiv 2310.05737, equation 4), in the form and with the defaults of
 * vector-quantize-pytorch. Spherical quantizers take them on the normalised vectors.
 * @throws PolytokError `INVALID_ARGUMENT` for bad vectors or no row that counts; `LIMIT_EXCEEDED` beyond 20 bits
 */
export function lfqLosses(options: LfqLossOptions): LfqLosses {
  const { quantizer, vectors, mask, inverseTemperature = 100 } = options;
  const { entropyWeight = 0.1, diversityGamma = 1, commitmentWeight = 0 } = options;
  const { bits, codebooks, codeValue, dimension, scale, spherical } = quantizer;
  const input = spherical ? unitRows(vectors, bits).map((x) => x * scale) : vectors;
  const entropies = signEntropies({
    vectors: input,
    bits,
    groups: codebooks,
    inverseTemperature,
    codeValue,
    form: 'clamped',
    mask,
  });
  const sampleEntropy = mean(entropies.sample);
  const batchEntropy = mean(entropies.batch);
  const codes = quantizer.dequantize(quantizer.quantize(vectors), new Float64Array(vectors.length));
  const commitment = meanSquaredDistance(input, codes, dimension, mask);
  const total =
    entropyWeight * (sampleEntropy - diversityGamma * batchEntropy) + commitmentWeight * commitment;
  return { sampleEntropy, batchEntropy, commitment, total };
}
