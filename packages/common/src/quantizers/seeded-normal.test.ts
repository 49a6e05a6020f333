import { describe, expect, it } from 'vitest';
import { normalValues, seededNormal } from './seeded-normal.js';

const DRAWS = 100_000;

function draws(seed: number): number[] {
  const next = seededNormal(seed);
  return Array.from({ length: DRAWS }, next);
}

/** Share of values within `bound` of 0. */
function within(values: readonly number[], bound: number): number {
  return values.filter((value) => Math.abs(value) < bound).length / values.length;
}

describe('seededNormal', () => {
  it('has the moments and quantiles of a normal distribution', () => {
    const values = draws(1);
    const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / DRAWS;
    // Four standard errors of each.
    expect(Math.abs(moment(1))).toBeLessThan(4 * Math.sqrt(1 / DRAWS));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / DRAWS));
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / DRAWS));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / DRAWS));
    expect(within(values, 1)).toBeCloseTo(0.6827, 2);
    expect(within(values, 2)).toBeCloseTo(0.9545, 2);
  });

  it('does not correlate neighbours', () => {
    const values = draws(2);
    const sum = values.slice(1).reduce((total, value, i) => total + value * values[i], 0);
    expect(Math.abs(sum / DRAWS)).toBeLessThan(4 / Math.sqrt(DRAWS));
  });

  it('gives the same numbers for the same seed, and others for another', () => {
    expect(draws(3)).toEqual(draws(3));
    expect(normalValues(4, 0, 1)).not.toEqual(normalValues(4, 1, 1));
  });

  it('is fixed for ever, to the last bit', () => {
    expect(Array.from(normalValues(4, 0, 1))).toEqual(FIRST);
  });

  it('scales by the deviation', () => {
    const twice = normalValues(4, 7, 2);
    expect(twice).toEqual(normalValues(4, 7, 1).map((value) => 2 * value));
  });
});

/** The polar method in Python, with `math.log`, on sfc32 seeded with 0. */
const FIRST: readonly number[] = [
  -1.4163858890533447, 0.40629205107688904, 0.8161704540252686, -0.02494499459862709,
];
