import { expect, it } from 'vitest';
import { elementCount } from './element-count.js';

it('multiplies dimensions', () => {
  expect(elementCount([], 'An array')).toBe(1);
  expect(elementCount([3], 'An array')).toBe(3);
  expect(elementCount([2, 3, 4], 'An array')).toBe(24);
});

it('is 0 beside huge dimensions, without overflow', () => {
  expect(elementCount([2 ** 40, 2 ** 40, 0], 'An array')).toBe(0);
});

it('refuses what is no size', () => {
  const invalid = expect.objectContaining({ code: 'INVALID_FORMAT' });
  expect(() => elementCount([-1], 'An array')).toThrow(invalid);
  expect(() => elementCount([1.5], 'An array')).toThrow(invalid);
  expect(() => elementCount([2 ** 53], 'An array')).toThrow(invalid);
  expect(() => elementCount([2 ** 27, 2 ** 27], 'An array')).toThrow(invalid);
});
