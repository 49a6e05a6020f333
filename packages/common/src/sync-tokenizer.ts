import type { SyncTokenizer, Tokenizer } from './contract.js';

/** True for a tokenizer that also works without waiting. */
export function isSyncTokenizer<Signal, Decoded>(
  tokenizer: Tokenizer<Signal, Decoded>,
): tokenizer is SyncTokenizer<Signal, Decoded> {
  return 'encodeSync' in tokenizer && 'decodeSync' in tokenizer;
}
