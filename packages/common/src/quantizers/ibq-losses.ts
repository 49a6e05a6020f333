import { codeEntropies } from './code-entropies.js';
import type { Vectors } from './contract.js';
import type { Ibq } from './ibq.js';
import { meanSquaredDistance } from './mean-squared-distance.js';
import type { RowMask } from './training-rows.js';

export interface IbqLossOptions {
  readonly quantizer: Ibq;
  /** z, `(rows, dimension)`, at least one row. */
  readonly vectors: Vectors;
  /** `(rows)`; default: all rows count. */
  readonly mask?: RowMask;
  /** τ of the entropies; codes are chosen with τ = 1. Default: 0.01. */
  readonly temperature?: number;
  /** β, of the codebook term. Default: 0.25. */
  readonly codebookWeight?: number;
  /** Default: 0.05. */
  readonly entropyWeight?: number;
}

/** Entropies in nats. The three distances are the same number with different gradients. */
export interface IbqLosses {
  /** Mean of (q̃ − z)², q̃ decoded from one-hot ids that pass gradients as softmax: to z and to all codes. */
  readonly joint: number;
  /** Mean of (sg q − z)². */
  readonly commitment: number;
  /** Mean of (q − sg z)². */
  readonly codebook: number;
  readonly sampleEntropy: number;
  readonly batchEntropy: number;
  /** `joint + commitment + β·codebook + entropyWeight·(sampleEntropy − batchEntropy)`; may be negative. */
  readonly total: number;
}

/**
 * The losses of IBQ (arXiv 2412.02692), with the weights of SEED-Voken.
 * @throws PolytokError `INVALID_ARGUMENT` for bad vectors or no row that counts
 */
export function ibqLosses(options: IbqLossOptions): IbqLosses {
  const { quantizer, vectors, mask, temperature = 0.01 } = options;
  const { codebookWeight = 0.25, entropyWeight = 0.05 } = options;
  const { dimension } = quantizer;
  const decoded = quantizer.dequantize(quantizer.quantize(vectors), new Float64Array(vectors.length));
  const squared = meanSquaredDistance(vectors, decoded, dimension, mask);
  const codes = quantizer.tensors().codes.values;
  const { sample, batch } = codeEntropies({ vectors, codes, dimension, temperature, mask });
  return {
    joint: squared,
    commitment: squared,
    codebook: squared,
    sampleEntropy: sample,
    batchEntropy: batch,
    total: (2 + codebookWeight) * squared + entropyWeight * (sample - batch),
  };
}
