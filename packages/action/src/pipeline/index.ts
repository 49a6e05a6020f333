export * from './action-pipeline.js';
export * from './action-tokenizer-from-json.js';
