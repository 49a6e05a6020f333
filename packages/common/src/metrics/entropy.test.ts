import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { perplexity, renyiEfficiency, renyiEntropy, shannonEntropy } from './entropy.js';
import { DECIMALS, metricGoldens, toyIds } from './goldens.fixture.js';
import { countTokens } from './token-counts.js';

const { renyi, toy_a } = metricGoldens;
const orderOf = (name: string) => (name === 'inf' ? Infinity : Number(name));
const histogram = fc
  .array(fc.nat(1000), { minLength: 1, maxLength: 40 })
  .filter((counts) => counts.some((c) => c > 0));

describe('renyiEntropy', () => {
  it.each(Object.entries(renyi.entropy_bits))('of order %s is the golden value', (order, bits) => {
    expect(renyiEntropy(renyi.counts, orderOf(order))).toBeCloseTo(bits, DECIMALS);
  });

  it('of order 0 is the logarithm of the ids in use', () => {
    expect(renyiEntropy([5, 0, 1, 1, 9], 0)).toBeCloseTo(2, 12);
  });

  it.each([0, 0.5, 1, 1.001, 2.5, 1e6, Infinity])(
    'of order %s is log2 n for n equal counts and 0 for one id',
    (alpha) => {
      expect(renyiEntropy([7, 7, 7, 7, 7, 7, 7, 7], alpha)).toBeCloseTo(3, 9);
      expect(renyiEntropy([0, 12, 0], alpha)).toBe(0);
    },
  );

  it('runs smoothly through order 1', () => {
    const shannon = renyiEntropy(renyi.counts, 1);
    for (const delta of [1e-15, 1e-12, 1e-9]) {
      expect(renyiEntropy(renyi.counts, 1 + delta)).toBeCloseTo(shannon, 8);
      expect(renyiEntropy(renyi.counts, 1 - delta)).toBeCloseTo(shannon, 8);
    }
    // Both branches of the computation, on either side of where they meet.
    expect(renyiEntropy(renyi.counts, 1.0099999)).toBeCloseTo(renyiEntropy(renyi.counts, 1.0100001), 6);
  });

  it('falls as the order grows', () => {
    fc.assert(
      fc.property(histogram, (counts) => {
        const bits = [0, 0.5, 1, 1.005, 2, 2.5, 30, 2000, Infinity].map((alpha) =>
          renyiEntropy(counts, alpha),
        );
        for (let i = 1; i < bits.length; i++) expect(bits[i]).toBeLessThanOrEqual(bits[i - 1] + 1e-9);
      }),
      { numRuns: 200 },
    );
  });

  it.each([-1, Number.NaN, -Infinity])('refuses order %s', (alpha) => {
    expect(() => renyiEntropy([1, 2], alpha)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it.each([[[]], [[0, 0]], [[1, -1]], [[1, Number.NaN]], [[1, Infinity]]])('refuses counts %j', (counts) => {
    expect(() => renyiEntropy(counts, 2)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});

describe('shannonEntropy and perplexity', () => {
  it('agree with the golden sequence', () => {
    const counts = countTokens({ sequences: [toyIds], vocabularySize: toy_a.V });
    expect(shannonEntropy(counts)).toBeCloseTo(toy_a.unigram_entropy_bits, DECIMALS);
  });

  it('give a perplexity of n for n equal counts', () => {
    expect(perplexity([3, 3, 3, 3, 3])).toBeCloseTo(5, 10);
    expect(perplexity([8, 4, 2, 2])).toBeCloseTo(3.363585661, 8);
  });
});

describe('renyiEfficiency', () => {
  it.each(renyi.efficiency)('at order $alpha in a vocabulary of $V is $value', ({ alpha, V, value }) => {
    const result = renyiEfficiency(renyi.counts, { alpha, vocabularySize: V });
    expect(result.value).toBeCloseTo(value, DECIMALS);
    expect(result).toMatchObject({ alpha, vocabularySize: V });
  });

  it('defaults to order 2.5 and the whole histogram', () => {
    const counts = countTokens({ sequences: [toyIds], vocabularySize: toy_a.V });
    const full = renyiEfficiency(counts);
    expect(full.value).toBeCloseTo(toy_a['renyi_2.5_efficiency_V'], DECIMALS);
    expect(full).toMatchObject({ alpha: 2.5, vocabularySize: 298 });
    expect(renyiEfficiency(counts, { vocabularySize: toy_a.used }).value).toBeCloseTo(
      toy_a['renyi_2.5_efficiency_observed'],
      DECIMALS,
    );
    expect(renyiEfficiency(counts, { alpha: 1 }).value).toBeCloseTo(toy_a.shannon_efficiency_V, DECIMALS);
  });

  it('stays plain JSON at order Infinity', () => {
    const result = renyiEfficiency([8, 4, 2, 2], { alpha: Infinity });
    expect(JSON.parse(JSON.stringify(result))).toEqual({
      value: 0.5,
      entropyBits: 1,
      alpha: 'infinity',
      vocabularySize: 4,
    });
  });

  it.each([1, 2, 4.5, Number.NaN])(
    'refuses a vocabulary of %s when three ids are in use',
    (vocabularySize) => {
      expect(() => renyiEfficiency([1, 1, 1], { vocabularySize })).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
    },
  );
});
