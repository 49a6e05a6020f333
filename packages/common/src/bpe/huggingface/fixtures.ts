import { latin1Characters } from './alphabet.js';

/** A tokenizer.json as plain data, for tests to bend. */
export interface TokenizerFile {
  added_tokens?: unknown;
  model: { vocab: Record<string, unknown>; merges: unknown[]; [setting: string]: unknown };
  [field: string]: unknown;
}

/**
 * A Latin-1 file with bytes at ids 0 to 255 and the products of `merges` from 256 on, each product once.
 * `extra` entries are added to the vocabulary, or replace entries of the same token.
 */
export function tokenizerFile(
  merges: readonly (readonly [string, string])[] = [],
  extra: Record<string, unknown> = {},
  characters: readonly string[] = latin1Characters(),
): TokenizerFile {
  const products = new Set(merges.map(([left, right]) => left + right));
  const vocab = Object.fromEntries([...characters, ...products].map((token, id) => [token, id]));
  // Own properties, as JSON.parse makes them; assignment would lose "__proto__".
  return {
    version: '1.0',
    added_tokens: [],
    model: {
      type: 'BPE',
      vocab: Object.fromEntries([...Object.entries(vocab), ...Object.entries(extra)]),
      merges: merges.map((pair) => [...pair]),
    },
  };
}

/** Merges as one string each, as files from before 2024 write them. */
export function withMergeLines(file: TokenizerFile): TokenizerFile {
  const merges = file.model.merges.map((pair) => (pair as string[]).join(' '));
  return { ...file, model: { ...file.model, merges } };
}

export function addedToken(id: number, content: string, special = true): object {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special };
}
