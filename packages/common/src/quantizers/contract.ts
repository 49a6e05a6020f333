/**
 * The contract of every quantizer: vectors in, one id per codebook out, and vectors back.
 *
 * It guarantees: a quantizer is immutable, so that the same vector gives the same ids for ever; ids are below their
 * codebook's size; rows do not influence each other, so that batches may be cut anywhere; `dequantize` accepts every
 * id of every codebook and gives finite numbers; the configuration is plain JSON, and with the tensors beside it is
 * the whole quantizer.
 *
 * It does not guarantee: that quantizing what `dequantize` gave returns the same ids. That holds where the codes
 * stand in the space of the vectors (LFQ, BSQ), not where vectors are squashed first (FSQ: tanh); each quantizer says
 * so. It knows nothing of training: losses are functions beside the quantizers, and no call changes one.
 */
import type { IdArray, Modality } from '../contract.js';
import type { Vocabulary } from '../vocabulary.js';
import type { QuantizerTensors } from './tensors.js';

/** Rows of equal length, one after another. Computed codes take both in double precision, looked up ones in single. */
export type Vectors = Float32Array | Float64Array;

/** Plain JSON. `type` names the quantizer and, where it has several, the variant. */
export interface QuantizerConfig {
  readonly type: string;
  readonly [key: string]: unknown;
}

export interface Quantizer {
  /** The `type` of the configuration. */
  readonly type: string;
  /** Numbers per row that {@link quantize} takes. */
  readonly dimension: number;
  /** Numbers per row that {@link dequantize} gives; differs from `dimension` only for voters, which share their code. */
  readonly codeDimension: number;
  /** Ids of each codebook; every one of them can be dequantized. */
  readonly codebookSizes: readonly number[];
  /**
   * @param vectors `(rows, dimension)`; no rows are allowed
   * @returns `(rows, codebooks)` in the narrowest id type
   * @throws PolytokError `INVALID_ARGUMENT` for another type of array, an incomplete row, NaN or an infinity
   */
  quantize(vectors: Vectors): IdArray;
  /**
   * @param codes `(rows, codebooks)`
   * @param into receives the vectors, `(rows, codeDimension)`; default: a new `Float32Array`
   * @returns `into`
   * @throws PolytokError `ID_OUT_OF_RANGE`; `INVALID_ARGUMENT` for an incomplete row or an `into` of another length
   */
  dequantize(codes: ArrayLike<number>): Float32Array;
  dequantize<Into extends Vectors>(codes: ArrayLike<number>, into: Into): Into;
  /** The ids as a vocabulary; its fingerprint covers the whole configuration, and through it the tensors. */
  vocabulary(modality: Modality): Vocabulary;
  toJSON(): QuantizerConfig;
  /** What the configuration leaves out: codebooks, projections. Empty where codes are computed. */
  tensors(): QuantizerTensors;
}
