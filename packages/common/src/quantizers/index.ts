/** Quantizers: codes that are computed, and codes that are looked up. */

export { type BitOrder, MAX_BITS, type ZeroSign } from '../bit-order.js';
export * from './bsq.js';
export * from './bsq-losses.js';
export { CodebookQuantizer, type CodebookQuantizerShape, type ComputeOptions } from './codebook-quantizer.js';
export type * from './contract.js';
export * from './fsq.js';
export * from './kmeans/fit-kmeans.js';
export * from './kmeans/fit-vq.js';
export type { KmeansProgress, KmeansResult } from './kmeans/lloyd.js';
export type { VectorSource } from './kmeans/vector-batches.js';
export * from './lfq.js';
export * from './lfq-losses.js';
export type { OperandSource } from './prepared-operands.js';
export * from './project-branches.js';
export * from './quantizer-from-json.js';
export * from './quantizer-safetensors.js';
export * from './residual-fsq.js';
export * from './rotation-trick.js';
export * from './sign-entropy.js';
export type { QuantizerTensor, QuantizerTensors } from './tensors.js';
export type { RowMask } from './training-rows.js';
export * from './unit-rows.js';
export * from './vote-ids.js';
export * from './voted-bit-error.js';
export * from './voting-lfq.js';
export * from './voting-losses.js';
export * from './vq.js';
