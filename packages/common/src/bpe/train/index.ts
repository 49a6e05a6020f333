export type { ParityOptions } from './parity.js';
export type { TrainingSequence } from './symbol-stream.js';
export * from './train-bpe.js';
