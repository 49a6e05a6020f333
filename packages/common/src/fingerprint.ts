import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { PolytokError } from './errors.js';

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

/**
 * Notices a file whose fields were edited but whose fingerprint was not. Without a stored one all is well.
 * @throws PolytokError `VOCABULARY_MISMATCH`
 */
export function checkStoredFingerprint(what: string, stored: unknown, actual: string): void {
  if (stored === undefined || stored === actual) return;
  throw new PolytokError(
    'VOCABULARY_MISMATCH',
    `This ${what} is stored with fingerprint ${stored}, but its fields have ${actual}: it was edited after it was written. Restore the file, or remove the fingerprint to make it another ${what}.`,
    { details: { stored, actual } },
  );
}
