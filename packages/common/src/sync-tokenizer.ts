import type { SyncTokenizer, Tokenizer } from './contract.js';

/** True for a tokenizer that also works without waiting. */
export function isSyncTokenizer<Signal>(tokenizer: Tokenizer<Signal>): tokenizer is SyncTokenizer<Signal> {
  return 'encodeSync' in tokenizer && 'decodeSync' in tokenizer;
}
