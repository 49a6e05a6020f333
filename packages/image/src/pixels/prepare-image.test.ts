import { isPolytokError } from '@polytok/common';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { golden, sample } from '../goldens.fixture.js';
import { prepareImage } from './prepare-image.js';
import type { RgbImage } from './rgb-image.js';

const { crops } = golden('pillow.json') as {
  crops: { height: number; width: number; size: number; pixels: string }[];
};

it.each(crops)(
  'gives the bytes of Pillow for $width × $height to $size',
  ({ height, width, size, pixels }) => {
    const image = prepareImage(sample(height, width), { size });
    expect([image.width, image.height]).toEqual([size, size]);
    expect(Buffer.from(image.data).toString('base64')).toBe(pixels);
  },
);

it('keeps as much as whole patches hold, from the middle', () => {
  const image = prepareImage(sample(50, 100), { size: 50, crop: 'patches', patch: 16 });
  expect([image.width, image.height]).toEqual([96, 48]);
  const original = sample(50, 100);
  // Two columns from the left, one row from the top.
  expect(Array.from(image.data.slice(0, 3))).toEqual(Array.from(original.data.slice(306, 309)));
});

it('has the size that was asked for, whatever the image', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 40 }),
      (height, width, size) => {
        const image = prepareImage(sample(height, width), { size });
        expect([image.width, image.height, image.data.length]).toEqual([size, size, 3 * size * size]);
      },
    ),
    { numRuns: 60 },
  );
});

describe('refuses', () => {
  const of = (width: number, height: number, data: RgbImage['data']) => ({ width, height, data });
  it.each([
    ['floats', of(2, 2, new Float32Array(12)), { size: 2 }, 'INVALID_ARGUMENT'],
    ['data of another length', of(2, 2, new Uint8Array(11)), { size: 2 }, 'INVALID_ARGUMENT'],
    ['a size of 0', of(2, 2, new Uint8Array(12)), { size: 0 }, 'INVALID_ARGUMENT'],
    [
      'patches larger than the size',
      of(2, 2, new Uint8Array(12)),
      { size: 2, crop: 'patches', patch: 3 },
      'INVALID_ARGUMENT',
    ],
    ['an unknown crop', of(2, 2, new Uint8Array(12)), { size: 2, crop: 'round' }, 'INVALID_ARGUMENT'],
    [
      'a thread of pixels that would be scaled beyond memory',
      of(1e6, 1, new Uint8Array(3e6)),
      { size: 256 },
      'LIMIT_EXCEEDED',
    ],
  ] as const)('%s', (_, image, options, code) => {
    try {
      prepareImage(image, options as { size: number });
    } catch (error) {
      expect(isPolytokError(error) && error.code).toBe(code);
      return;
    }
    expect.unreachable();
  });
});
