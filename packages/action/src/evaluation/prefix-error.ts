import { requireShare } from '@polytok/common';
import type { ActionChunk, ActionTokenizer } from '../contract.js';

/** What the first tokens of chunks say. Plain JSON. */
export interface PrefixError {
  /** Share of each chunk's tokens that were decoded, rounded up to whole tokens. */
  readonly share: number;
  /** Tokens that were decoded, mean over chunks. */
  readonly tokens: number;
  /** Root mean square error of all numbers of all chunks, in the tokenizer's unit. */
  readonly rmse: number;
}

/** Chunks with their tokens. */
export interface EncodedChunk {
  /** `(steps, columns)`, in the tokenizer's unit. */
  readonly chunk: ActionChunk;
  readonly ids: ArrayLike<number>;
}

/**
 * Error of chunks decoded, leniently, from the first `share` of their tokens.
 * @param share at least 0 and below 1, or 1 for all
 * @returns NaN for no chunks
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function prefixError(
  tokenizer: ActionTokenizer,
  chunks: Iterable<EncodedChunk>,
  share: number,
): PrefixError {
  if (share !== 1) requireShare(share, 'share');
  let count = 0;
  let tokens = 0;
  let squares = 0;
  let numbers = 0;
  for (const { chunk, ids } of chunks) {
    const prefix = Uint32Array.from(ids).subarray(0, Math.ceil(share * ids.length));
    const { actions } = tokenizer.decodeLenient(prefix);
    for (let at = 0; at < chunk.length; at++) squares += (actions[at] - chunk[at]) ** 2;
    numbers += chunk.length;
    tokens += prefix.length;
    count++;
  }
  return { share, tokens: tokens / count, rmse: Math.sqrt(squares / numbers) };
}
