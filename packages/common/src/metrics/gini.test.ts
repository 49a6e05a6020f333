import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gini } from './gini.js';
import { DECIMALS, metricGoldens } from './goldens.fixture.js';

describe('gini', () => {
  it.each(metricGoldens.gini)('of $values is $value', ({ values, value }) => {
    expect(gini(values)).toBeCloseTo(value, DECIMALS);
  });

  it('is 0 for all zeros and for a single value', () => {
    expect(gini([0, 0, 0])).toBe(0);
    expect(gini([3])).toBe(0);
  });

  it('equals the sum over all pairs that defines it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 30 }), (values) => {
        let differences = 0;
        for (const a of values) for (const b of values) differences += Math.abs(a - b);
        const mean = values.reduce((a, b) => a + b) / values.length;
        expect(gini(values)).toBeCloseTo(differences / (2 * values.length ** 2 * mean), 10);
      }),
      { numRuns: 200 },
    );
  });

  it('does not depend on order or scale, even at the ends of the number range', () => {
    expect(gini([4, 1, 3, 2])).toBeCloseTo(0.25, 12);
    expect(gini([1e308, 1.5e308, 0.5e308])).toBeCloseTo(gini([2, 3, 1]), 12);
  });

  it('leaves its input alone', () => {
    const values = Float64Array.of(3, 1, 2);
    gini(values);
    expect(Array.from(values)).toEqual([3, 1, 2]);
  });

  it.each([[[]], [[1, -2]], [[Number.NaN]], [[Infinity, 1]]])('refuses %j', (values) => {
    expect(() => gini(values)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
