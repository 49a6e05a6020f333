import { PolytokError } from '@polytok/common';
import { TokenTrie } from './token-trie.js';

/** Longest token, in bytes; work per position grows with it. */
export const MAX_TOKEN_BYTES = 1 << 12;

/**
 * Tokens as byte strings, and nothing else: one vocabulary, many ways to segment with it.
 *
 * Source: Uzan et al., "Greed is all you need: an evaluation of tokenizer inference methods" (arXiv:2403.01289).
 */
export class ByteVocabulary {
  readonly tokens: readonly Uint8Array[];
  /** `(tokens)` length of each in bytes. */
  readonly lengths: Uint16Array;
  readonly maxLength: number;
  /** Matches that start at a position. */
  readonly forward: TokenTrie;
  #backward?: TokenTrie;

  /**
   * @param tokens 1 to {@link MAX_TOKEN_BYTES} bytes each, no two equal; a token's id is its index. Include every
   *   single byte, or there are inputs that no segmentation covers.
   * @throws PolytokError `INVALID_ARGUMENT`, `LIMIT_EXCEEDED`
   */
  constructor(tokens: readonly Uint8Array[]) {
    this.tokens = tokens.map((bytes) => bytes.slice());
    this.lengths = Uint16Array.from(tokens, (bytes) => Math.min(bytes.length, MAX_TOKEN_BYTES + 1));
    this.maxLength = this.lengths.reduce((a, b) => Math.max(a, b), 0);
    const empty = this.lengths.indexOf(0);
    if (empty >= 0) {
      throw new PolytokError('INVALID_ARGUMENT', `Token ${empty} is empty; tokens have at least one byte.`, {
        details: { id: empty },
      });
    }
    if (this.maxLength > MAX_TOKEN_BYTES) {
      const id = this.lengths.indexOf(this.maxLength);
      throw new PolytokError(
        'LIMIT_EXCEEDED',
        `Token ${id} has ${tokens[id].length} bytes; the limit is ${MAX_TOKEN_BYTES}.`,
        {
          details: { id, bytes: tokens[id].length, limit: MAX_TOKEN_BYTES },
        },
      );
    }
    this.forward = new TokenTrie(this.tokens, 'forward');
  }

  /** Matches that end at a position; built when first asked for. */
  get backward(): TokenTrie {
    return (this.#backward ??= new TokenTrie(this.tokens, 'backward'));
  }

  /** Bytes of a segmentation. @throws PolytokError `ID_OUT_OF_RANGE` */
  join(ids: ArrayLike<number>): Uint8Array {
    let length = 0;
    for (let i = 0; i < ids.length; i++) {
      const token = this.tokens[ids[i]];
      if (token === undefined) {
        throw new PolytokError(
          'ID_OUT_OF_RANGE',
          `Token ${i} has id ${ids[i]}; ids are integers below ${this.tokens.length}.`,
          {
            details: { position: i, id: ids[i], size: this.tokens.length },
          },
        );
      }
      length += token.length;
    }
    const bytes = new Uint8Array(length);
    let end = 0;
    for (let i = 0; i < ids.length; i++) {
      bytes.set(this.tokens[ids[i]], end);
      end += this.lengths[ids[i]];
    }
    return bytes;
  }
}

/** What every segmentation throws at a byte it cannot cover. */
export function uncoveredByte(bytes: Uint8Array, position: number, method: string): PolytokError {
  const hex = bytes[position].toString(16).padStart(2, '0');
  return new PolytokError(
    'INVALID_ARGUMENT',
    `Segmentation by ${method} finds no token at byte ${position} (0x${hex}). Add the single byte to the vocabulary.`,
    { details: { position, byte: bytes[position], method } },
  );
}
