import { describe, expect, it } from 'vitest';
import { DECIMALS, metricGoldens } from './goldens.fixture.js';
import { normalizedSequenceLength, premium } from './relative-length.js';

describe('normalizedSequenceLength', () => {
  const { tokens, reference_tokens: reference, pooled, mean_of_ratios } = metricGoldens.nsl;

  it('pools all items unless asked otherwise', () => {
    const result = normalizedSequenceLength({ tokens, reference });
    expect(result.value).toBeCloseTo(pooled, DECIMALS);
    expect(result).toMatchObject({ average: 'pooled', items: 3 });
  });

  it('averages ratios by name', () => {
    const result = normalizedSequenceLength({ tokens, reference, average: 'mean-of-ratios' });
    expect(result.value).toBeCloseTo(mean_of_ratios, DECIMALS);
    expect(result).toMatchObject({ average: 'mean-of-ratios', items: 3 });
  });

  it('pools an item without reference tokens, which has no ratio', () => {
    expect(normalizedSequenceLength({ tokens: [3, 1], reference: [2, 0] }).value).toBe(2);
    expect(() =>
      normalizedSequenceLength({ tokens: [3, 1], reference: [2, 0], average: 'mean-of-ratios' }),
    ).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: { name: 'reference[1]', value: 0 } }),
    );
  });

  it.each([
    [[1], [1, 2]],
    [[], []],
    [[0], [0]],
    [[-1], [1]],
    [[Number.NaN], [1]],
    [[1], [Infinity]],
  ])('refuses %j against %j', (a, b) => {
    for (const average of ['pooled', 'mean-of-ratios'] as const) {
      expect(() => normalizedSequenceLength({ tokens: a, reference: b, average })).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
    }
  });

  it('refuses an average it does not know', () => {
    expect(() =>
      normalizedSequenceLength({ tokens: [1], reference: [1], average: 'median' as never }),
    ).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});

describe('premium', () => {
  it('divides by the reference and states the largest ratio', () => {
    const { tokens, reference, value, max_over_min } = metricGoldens.premium;
    const result = premium({ tokens, reference });
    expect(result.values).toEqual(value);
    expect(result.maxOverMin).toBeCloseTo(max_over_min, DECIMALS);
    expect(result.reference).toBe('x64');
  });

  it('lists the names it has when the reference is not among them', () => {
    expect(() => premium({ tokens: { a: 1, b: 2 }, reference: 'toString' })).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_NAME', details: { name: 'toString', available: ['a', 'b'] } }),
    );
  });

  it.each([0, -1, Number.NaN])('refuses %s tokens', (b) => {
    expect(() => premium({ tokens: { a: 1, b }, reference: 'a' })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});
