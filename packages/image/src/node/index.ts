export * from './open-image-weights.js';
export * from './read-image.js';
export * from './vq-image-tokenizer.js';
export * from './write-image.js';
