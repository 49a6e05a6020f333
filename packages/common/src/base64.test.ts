import { expect, it } from 'vitest';
import { decodeBase64, encodeBase64 } from './base64.js';

it('decodes bytes of every value, and none', () => {
  expect([...decodeBase64('AAECfn+A/f7/')]).toEqual([0, 1, 2, 126, 127, 128, 253, 254, 255]);
  expect(decodeBase64('')).toEqual(new Uint8Array(0));
});

it('encodes what it decodes', () => {
  const bytes = Uint8Array.from({ length: 100_003 }, (_, at) => (at * 31) % 256);
  expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
  expect(encodeBase64(Uint8Array.of(0, 1, 2, 126, 127, 128, 253, 254, 255))).toBe('AAECfn+A/f7/');
});
