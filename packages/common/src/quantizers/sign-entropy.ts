/**
 * The entropies that keep sign codes confident and in use (LFQ, arXiv 2310.05737; BSQ, 2406.07548; Voting-LFQ,
 * 2509.22220). Over the 2^d sign codes c of a group of d bits,
 *
 *     p(c | x) = softmax_c(2·τ⁻¹·x·c),   sample = mean_x H(p(·|x)),   batch = H(mean_x p(·|x))
 *
 * The distribution factorises over bits, P(bit j = 1) = sigmoid(4·τ⁻¹·v·x_j) for codes ±v, so that it costs one
 * multiplication per code and no exponential.
 */

import { requireChoice, requireInteger, requirePositive } from '../arguments.js';
import { PolytokError } from '../errors.js';
import type { Vectors } from './contract.js';
import { type RowMask, trainingRows } from './training-rows.js';

/** Most bits of a group: tables of 2^20 doubles, 8 MiB, one pass over them per row. */
export const MAX_ENTROPY_BITS = 20;

/** How ln 0 is kept out of −Σ p ln p. */
export type EntropyForm =
  /** ln max(p, 10⁻⁵) in both entropies: lucidrains' vector-quantize-pytorch. */
  | 'clamped'
  /** ln(p + 10⁻⁵) in the batch entropy, the sample entropy exact: StableToken, Open-MAGVIT2. */
  | 'shifted';

export interface SignEntropyOptions {
  /** `(rows, groups, bits)` */
  readonly vectors: Vectors;
  /** Bits of each group, from 1 to 20. */
  readonly bits: number;
  /** Codebooks, or voters: groups of bits with a distribution each. Default: 1. */
  readonly groups?: number;
  /** τ⁻¹, above 0. */
  readonly inverseTemperature: number;
  /** v: codes are ±v in every dimension. Default: 1. */
  readonly codeValue?: number;
  readonly form: EntropyForm;
  /** `(rows)`; default: all rows count. */
  readonly mask?: RowMask;
}

/** Entropies in nats, each `(groups)`; at most `bits · ln 2`. */
export interface SignEntropies {
  readonly sample: Float64Array;
  readonly batch: Float64Array;
}

const SMALL = 1e-5;

/** @throws PolytokError `INVALID_ARGUMENT`; `LIMIT_EXCEEDED` for groups of more than 20 bits */
export function signEntropies(options: SignEntropyOptions): SignEntropies {
  const { vectors, bits, form } = options;
  const { groups, slope, starts } = checkOptions(options);
  const sample = new Float64Array(groups);
  const batch = new Float64Array(groups);
  const table = new Float64Array(2 ** bits);
  for (let group = 0; group < groups; group++) {
    const mean = new Float64Array(2 ** bits);
    for (const start of starts) {
      const at = start + group * bits;
      fillProbabilities(table, vectors, at, bits, slope);
      for (let k = 0; k < table.length; k++) mean[k] += table[k] / starts.length;
      sample[group] +=
        (form === 'clamped' ? clampedEntropy(table) : exactEntropy(vectors, at, bits, slope)) / starts.length;
    }
    batch[group] = form === 'clamped' ? clampedEntropy(mean) : shiftedEntropy(mean);
  }
  return { sample, batch };
}

export interface SignEntropyGradientOptions extends SignEntropyOptions {
  readonly form: 'shifted';
  /** Default: 1. */
  readonly sampleWeight?: number;
  /** Default: 1. */
  readonly batchWeight?: number;
}

/**
 * Gradient of `sampleWeight·(sample − batchWeight·batch)`, averaged over groups, with respect to `vectors`. In terms
 * of the logit l of a bit and its probability p: ∂H/∂l = −l·p·(1−p) for the sample part, and for the batch part
 * ∂/∂l = Σ_k g_k·p_k·(bit_k − p) with g_k = ∂batch/∂mean_k.
 * @returns `(rows, groups, bits)`; rows left out have 0
 * @throws PolytokError as {@link signEntropies}
 */
export function signEntropyGradient(options: SignEntropyGradientOptions): Float64Array {
  const { vectors, bits, sampleWeight = 1, batchWeight = 1 } = options;
  const { groups, slope, starts } = checkOptions(options);
  const gradient = new Float64Array(vectors.length);
  const table = new Float64Array(2 ** bits);
  for (let group = 0; group < groups; group++) {
    const mean = new Float64Array(2 ** bits);
    for (const start of starts) {
      fillProbabilities(table, vectors, start + group * bits, bits, slope);
      for (let k = 0; k < table.length; k++) mean[k] += table[k] / starts.length;
    }
    const byMean = mean.map((a) => -Math.log(a + SMALL) - a / (a + SMALL));
    for (const start of starts) {
      const at = start + group * bits;
      fillProbabilities(table, vectors, at, bits, slope);
      let all = 0;
      for (let k = 0; k < table.length; k++) all += table[k] *= byMean[k];
      for (let j = 0; j < bits; j++) {
        let set = 0;
        for (let k = 2 ** j; k < table.length; k = (k + 1) | (2 ** j)) set += table[k];
        const logit = slope * vectors[at + j];
        const probability = sigmoid(logit);
        const bySample = -logit * probability * sigmoid(-logit);
        const byBatch = set - probability * all;
        gradient[at + j] =
          (sampleWeight * slope * (bySample - batchWeight * byBatch)) / (starts.length * groups);
      }
    }
  }
  return gradient;
}

function checkOptions(options: SignEntropyOptions): { groups: number; slope: number; starts: Float64Array } {
  const { vectors, bits, groups = 1, inverseTemperature, codeValue = 1, form, mask } = options;
  requireInteger(bits, 'bits', { minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
  if (bits > MAX_ENTROPY_BITS) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `Entropies are taken over at most 2^${MAX_ENTROPY_BITS} codes; got ${bits} bits. Split the bits into groups, as BSQ does.`,
      { details: { bits, limit: MAX_ENTROPY_BITS } },
    );
  }
  requireInteger(groups, 'groups', { minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
  requirePositive(inverseTemperature, 'inverseTemperature');
  requirePositive(codeValue, 'codeValue');
  requireChoice(form, 'form', ['clamped', 'shifted']);
  const starts = trainingRows(vectors, groups * bits, mask);
  return { groups, slope: 4 * inverseTemperature * codeValue, starts };
}

/** Probabilities of all codes, bit j with weight 2^j: the table doubles with every bit. */
function fillProbabilities(
  table: Float64Array,
  vectors: Vectors,
  at: number,
  bits: number,
  slope: number,
): void {
  table[0] = 1;
  for (let j = 0; j < bits; j++) {
    const logit = slope * vectors[at + j];
    const set = sigmoid(logit);
    const clear = sigmoid(-logit);
    const half = 2 ** j;
    for (let k = 0; k < half; k++) {
      table[half + k] = table[k] * set;
      table[k] *= clear;
    }
  }
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** Sum of the bits' entropies, H = ln(1 + e^−a) + a·e^−a/(1 + e^−a) with a = |logit|. */
function exactEntropy(vectors: Vectors, at: number, bits: number, slope: number): number {
  let entropy = 0;
  for (let j = 0; j < bits; j++) {
    const distance = Math.abs(slope * vectors[at + j]);
    const odds = Math.exp(-distance);
    // Past the largest double, odds are 0 and so is the entropy.
    if (odds > 0) entropy += Math.log1p(odds) + (distance * odds) / (1 + odds);
  }
  return entropy;
}

function clampedEntropy(probabilities: Float64Array): number {
  let entropy = 0;
  for (let k = 0; k < probabilities.length; k++) {
    entropy -= probabilities[k] * Math.log(Math.max(probabilities[k], SMALL));
  }
  return entropy;
}

function shiftedEntropy(probabilities: Float64Array): number {
  let entropy = 0;
  for (let k = 0; k < probabilities.length; k++) {
    entropy -= probabilities[k] * Math.log(probabilities[k] + SMALL);
  }
  return entropy;
}
