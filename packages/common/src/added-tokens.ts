import { PolytokError } from './errors.js';
import type { TokenSpace } from './token-space.js';

/** Most tokens listed one by one: a million is 170 MB of JSON, and 4 × the largest published vocabulary. */
export const MAX_ADDED_TOKENS = 1 << 20;

/** An entry of `added_tokens` in a HuggingFace `tokenizer.json`. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly single_word: false;
  readonly lstrip: false;
  readonly rstrip: false;
  readonly normalized: false;
  /** True for markers and padding, which `skip_special_tokens` leaves out; false for codes. */
  readonly special: boolean;
}

/**
 * Every token of a space in id order, for `added_tokens` of the host's `tokenizer.json`. HuggingFace numbers
 * added tokens on from its vocabulary's size, so that must be the space's `firstId`.
 * @throws PolytokError `LIMIT_EXCEEDED` above {@link MAX_ADDED_TOKENS}
 */
export function addedTokens(space: TokenSpace): AddedToken[] {
  if (space.size > MAX_ADDED_TOKENS) {
    throw new PolytokError(
      'LIMIT_EXCEEDED',
      `A tokenizer takes at most ${MAX_ADDED_TOKENS} added tokens; this space has ${space.size}. Use smaller codebooks.`,
      { details: { limit: MAX_ADDED_TOKENS, actual: space.size } },
    );
  }
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false } as const;
  return space.regions.flatMap((region) =>
    Array.from({ length: region.limit - region.begin }, (_, i) => {
      const id = region.begin + i;
      return { id, content: region.contentOf(id), ...flags, special: !region.isCode(id) };
    }),
  );
}
