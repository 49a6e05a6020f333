import { expect, it } from 'vitest';
import { outsideShare } from './outside-share.js';

it('counts values beyond the bounds of their column', () => {
  expect(outsideShare([0, 10, 1.1, 9, -0.1, 21], [0, 9], [1, 20])).toBe(0.5);
});

it('does not take the rounding of single precision for clipping', () => {
  const values = [0.1, 0.7, 1 / 3];
  const single = values.map(Math.fround);
  expect(outsideShare(values, single, single)).toBe(0);
  expect(outsideShare([0.1001, 0.7, 1 / 3], single, single)).toBe(1 / 3);
});

it('takes no other value for a bound of 0', () => {
  expect(outsideShare([0, 1e-9], [0], [0])).toBe(0.5);
});
