export * from './binary-specials.js';
export * from './binary-tokenizer.js';
export * from './fit-binary-tokenizer.js';
export * from './hypertokens/index.js';
export * from './reports/index.js';
export * from './segmentation/index.js';
export * from './token-borders.js';
export * from './token-map.js';
