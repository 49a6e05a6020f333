import { expect, it } from 'vitest';
import { Reservoir } from './reservoir.js';

it('holds everything up to its capacity', () => {
  const reservoir = new Reservoir<number>(3);
  for (const item of [5, 6, 7]) reservoir.offer(() => item);
  expect(reservoir.items).toEqual([5, 6, 7]);
});

it('holds a sample in which late items are as likely as early ones', () => {
  const reservoir = new Reservoir<number>(1000);
  for (let item = 0; item < 100_000; item++) reservoir.offer(() => item);
  expect(reservoir.seen).toBe(100_000);
  expect(reservoir.items).toHaveLength(1000);
  expect(new Set(reservoir.items).size).toBe(1000);
  const mean = reservoir.items.reduce((sum, item) => sum + item) / 1000;
  // The standard error of the mean is 913.
  expect(Math.abs(mean - 50_000)).toBeLessThan(4 * 913);
});
