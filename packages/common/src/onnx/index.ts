export * from './blocks/adaptive-group-norm.js';
export * from './blocks/vqgan-attention.js';
export * from './blocks/vqgan-resample.js';
export * from './blocks/vqgan-residual.js';
export * from './blocks/whisper-block.js';
export * from './gradients.js';
export type { DataArray, DataArrays, DataType } from './graph/data-type.js';
export * from './graph/graph.js';
export { type GraphPart, graphPart } from './graph/graph-part.js';
export * from './graph/scope.js';
export type { Dimension, Shape } from './graph/shape.js';
export * from './heads/fsq-head.js';
export * from './heads/lfq-head.js';
export * from './heads/nearest-code.js';
export * from './heads/rotation-trick.js';
export * from './heads/voting-head.js';
export * from './losses/cross-entropy.js';
export * from './losses/ctc-loss.js';
export * from './losses/distance-losses.js';
export type { Reduction, ReductionOptions } from './losses/reduction.js';
export * from './losses/spectral-losses.js';
export * from './model/encode-model.js';
export * from './network/network.js';
export * from './network/runtime.js';
export * from './ops/activation.js';
export * from './ops/arithmetic.js';
export * from './ops/attention.js';
export * from './ops/cast.js';
export * from './ops/concat.js';
export * from './ops/conv.js';
export * from './ops/custom-gradient.js';
export * from './ops/gather.js';
export * from './ops/gemm.js';
export * from './ops/matmul.js';
export * from './ops/normalize.js';
export type { Operand } from './ops/operand.js';
export * from './ops/pool.js';
export * from './ops/reduce.js';
export * from './ops/resample.js';
export { reshape, reshapeLike, transpose } from './ops/reshape.js';
export * from './ops/scan.js';
export * from './ops/softmax.js';
export * from './ops/spectrum.js';
export * from './ops/take-first.js';
export {
  type AdamWOptions,
  addAdamW,
  addGradientSums,
  OPTIMIZER_NAMES,
  updateGraph,
} from './training/adam-w.js';
export type { CheckpointFacts, CheckpointStore, TrainingCheckpoint } from './training/checkpoint.js';
export { parseCheckpointFacts } from './training/checkpoint.js';
export type { EvaluateOptions } from './training/evaluate-batches.js';
export * from './training/schedules.js';
export * from './training/shuffled-batches.js';
export * from './training/trainer.js';
export * from './training/trainer-options.js';
export type { TrainingEvaluation, TrainOptions } from './training/training-loop.js';
export * from './weights/bind-weights.js';
export * from './weights/initial-weights.js';
export * from './weights/torch-checkpoint.js';
export * from './weights/weight-store.js';
