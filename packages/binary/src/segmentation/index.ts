export { ByteVocabulary, MAX_TOKEN_BYTES } from './byte-vocabulary.js';
export { leastTokens } from './least-tokens.js';
export * from './longest-prefix.js';
export * from './longest-suffix.js';
export * from './longest-token.js';
export * from './path-piece-removal.js';
