import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/**
 * Identity of some content: 16 hexadecimal digits, the first 64 bits of SHA-256. Text counts as UTF-8, an
 * array as its bytes in memory. For content in several parts, take the fingerprint of
 * `JSON.stringify(parts.map(fingerprintOf))`, so that the boundaries count too.
 */
export function fingerprintOf(content: string | ArrayBufferView): string {
  const bytes =
    typeof content === 'string'
      ? utf8ToBytes(content)
      : new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
  return bytesToHex(sha256(bytes)).slice(0, 16);
}
