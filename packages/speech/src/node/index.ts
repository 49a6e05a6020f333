export * from './decode-wav.js';
export * from './read-wav.js';
export * from './stable-tokenizer.js';
export * from './wav-chunks.js';
