/**
 * How a file spells bytes as characters: `latin1` writes byte b as U+00bb, `gpt2` writes the 188 printable
 * Latin-1 characters as themselves and the other bytes, in ascending order, from U+0100 on.
 */
export type ByteAlphabet = 'latin1' | 'gpt2';

/** First of the characters that stand in for bytes whose own Latin-1 character is taken by another token. */
const FIRST_STAND_IN = 0xe000;

/**
 * `(256)` character of each byte in Latin-1. Bytes in `moved` are spelled U+E000, U+E001, … in the order given,
 * as files of bbpe before 0.6.2 do for special tokens of one Latin-1 character.
 */
export function latin1Characters(moved: readonly number[] = []): string[] {
  const characters = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
  moved.forEach((byte, i) => {
    characters[byte] = standIn(i);
  });
  return characters;
}

/** The `i`-th stand-in character. */
export function standIn(i: number): string {
  return String.fromCharCode(FIRST_STAND_IN + i);
}

/** `(256)` character of each byte in the alphabet of GPT-2 (HuggingFace's `ByteLevel`). */
export function gpt2Characters(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++));
}

/** Printable in Latin-1, neither a space nor the soft hyphen AD. */
function isPrintable(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

/**
 * Bytes whose Latin-1 character is already the content of one of these tokens, in id order: the bytes to move.
 * @param owns true where a token's content may stay, since the token is that very byte
 */
export function collidingBytes(
  tokens: readonly { readonly id: number; readonly content: string }[],
  owns: (byte: number, id: number) => boolean = () => false,
): number[] {
  return tokens
    .filter(({ content }) => content.length === 1 && content.charCodeAt(0) <= 0xff)
    .sort((a, b) => a.id - b.id)
    .filter(({ id, content }) => !owns(content.charCodeAt(0), id))
    .map(({ content }) => content.charCodeAt(0));
}
