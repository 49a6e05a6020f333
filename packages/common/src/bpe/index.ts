export * from './bpe-model.js';
export type { BpeStream } from './bpe-stream.js';
export * from './dropout.js';
export * from './huggingface/index.js';
export * from './merge-table.js';
export * from './short-encoder.js';
export * from './train/index.js';
