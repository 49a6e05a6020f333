export * from './lzw.js';
export * from './lzw-options.js';
export { PhraseBook } from './phrase-book.js';
