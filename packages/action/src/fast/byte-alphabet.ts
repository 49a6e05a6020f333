/**
 * How byte-level BPE spells bytes as characters (GPT-2): the 188 printable ones of Latin-1 as themselves, the other bytes,
 * in ascending order, from U+0100 on.
 */
const CHARACTERS: readonly string[] = (() => {
  let next = 0x100;
  const printable = (byte: number) => (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
})();

const BYTES: ReadonlyMap<string, number> = new Map(CHARACTERS.map((character, byte) => [character, byte]));

export function characterOf(byte: number): string {
  return CHARACTERS[byte];
}

/** Undefined for characters that spell no byte. */
export function byteOf(character: string): number | undefined {
  return BYTES.get(character);
}
