export * from './audio.js';
export * from './resample.js';
export * from './stable/stable-config.js';
export * from './stable/stable-encoder.js';
export * from './stable/stable-tokenizer.js';
