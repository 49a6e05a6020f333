import { describe, expect, it } from 'vitest';
import { fingerprintOf } from './fingerprint.js';

describe('fingerprintOf', () => {
  it('is the first 64 bits of SHA-256', () => {
    // FIPS 180-2, appendix B.1: SHA-256("abc") = ba7816bf 8f01cfea …
    expect(fingerprintOf('abc')).toBe('ba7816bf8f01cfea');
  });

  it('takes text as UTF-8 and arrays as their bytes', () => {
    expect(fingerprintOf('é')).toBe(fingerprintOf(Uint8Array.of(0xc3, 0xa9)));
    expect(fingerprintOf(Uint16Array.of(0x6261, 0x6463))).toBe(fingerprintOf('abcd'));
  });

  it('sees only the part of the buffer that a view covers', () => {
    const bytes = Uint8Array.of(0, 0x61, 0x62, 0x63, 0);
    expect(fingerprintOf(bytes.subarray(1, 4))).toBe(fingerprintOf('abc'));
  });
});
