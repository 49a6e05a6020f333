export * from './alignment.js';
export * from './contract.js';
export * from './errors.js';
export * from './fingerprint.js';
export * from './token-pieces.js';
export * from './token-sequence.js';
export * from './vocabulary.js';
