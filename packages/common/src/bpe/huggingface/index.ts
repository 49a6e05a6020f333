export type { ByteAlphabet } from './alphabet.js';
export {
  type FormatOptions,
  type FormattableTokenizer,
  formatTokenizerJson,
} from './format-tokenizer-json.js';
export { MAX_SPLIT_WORK, MAX_TOKENIZER_JSON_BYTES } from './limits.js';
export { type ParsedTokenizer, parseTokenizerJson } from './parse-tokenizer-json.js';
export type { AddedTokenEntry } from './vocabulary-entries.js';
