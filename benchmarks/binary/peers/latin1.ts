/** Byte b as character U+00bb: how bytes pass through tokenizers that take text. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
