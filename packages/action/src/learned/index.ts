export * from './chunk-fsq-tokenizer.js';
export * from './residual-vq-tokenizer.js';
