import { expect, it } from 'vitest';
import { decodeBase64 } from './base64.js';

it('decodes bytes of every value, and none', () => {
  expect([...decodeBase64('AAECfn+A/f7/')]).toEqual([0, 1, 2, 126, 127, 128, 253, 254, 255]);
  expect(decodeBase64('')).toEqual(new Uint8Array(0));
});
