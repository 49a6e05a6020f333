import { describe, expect, it } from 'vitest';
import { sectionEntropy } from './entropy.js';

describe('sectionEntropy', () => {
  it.each([
    ['no bytes', [], 0],
    ['one repeated byte', [7, 7, 7, 7], 0],
    ['two values equally often', [0, 255, 0, 255], 1],
    ['values at 1/2, 1/4, 1/4', [1, 1, 2, 3], 1.5],
    ['every value once', Array.from({ length: 256 }, (_, i) => i), 8],
  ])('of %s', (_, bytes, bits) => {
    expect(sectionEntropy(Uint8Array.from(bytes))).toBeCloseTo(bits, 12);
  });
});
