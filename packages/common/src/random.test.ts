import { expect, it } from 'vitest';
import { randomBelow, seededRandom } from './random.js';

// Values of an independent Python implementation of sfc32 with seed words 0, seed, 0 and 12 rounds of warm-up.
it.each([
  [0, [1363572419, 145230303, 808754475, 4216505632]],
  [1, [2012149540, 1872316204, 1707632675, 1779833415]],
  [0xffffffff, [1984736529, 3747275468, 1287205723, 2021412065]],
])('seed %i starts with %j', (seed, expected) => {
  const next = seededRandom(seed);
  expect(expected.map(() => next())).toEqual(expected);
});

it('fills its range evenly', () => {
  const next = seededRandom(7);
  const bins = new Uint32Array(16);
  for (let i = 0; i < 160_000; i++) bins[next() >>> 28]++;
  // The standard deviation of a bin is 97.
  for (const count of bins) expect(Math.abs(count - 10_000)).toBeLessThan(400);
});

it('draws below a limit by the share of the range', () => {
  const draws = [0, 2 ** 30, 2 ** 31, 2 ** 32 - 1].map((value) => randomBelow(() => value, 10));
  expect(draws).toEqual([0, 2, 5, 9]);
});
