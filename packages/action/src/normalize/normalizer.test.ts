import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flat, goldens, largestDifference } from '../goldens.fixture.js';
import type { ActionStatistics } from './action-statistics.js';
import { Normalizer } from './normalizer.js';

const { stats, x, ...golden } = goldens.normalisers;
const statistics: ActionStatistics = {
  count: 100,
  mean: [0, 0, 0.2, 0],
  std: [0.2, 0.4, 0, 0.1],
  ...stats,
};
const of = (options: Partial<ConstructorParameters<typeof Normalizer>[0]>) =>
  new Normalizer({ mode: 'QUANTILES', statistics, ...options });

describe('the published conventions', () => {
  it.each([
    ['openpi', undefined, golden.openpi_quantile],
    ['openvla', stats.mask, golden.openvla_bounds_q99],
    ['lerobot', undefined, golden.lerobot_pipeline_quantiles],
    ['lerobot-tokenizer', undefined, golden.lerobot_trainer_quantiles],
  ] as const)('%s gives the golden values', (convention, mask, expected) => {
    const values = flat(x);
    of({ convention, mask }).apply(values);
    expect(largestDifference(values, expected.flat())).toBeLessThan(1e-9);
  });

  it('openvla gives the golden values back', () => {
    const values = flat(golden.openvla_bounds_q99);
    of({ convention: 'openvla', mask: stats.mask }).invert(values);
    expect(largestDifference(values, golden.openvla_unnormalised.flat())).toBeLessThan(1e-9);
  });
});

describe('the modes', () => {
  const simple = new Normalizer({
    mode: 'MEAN_STD',
    statistics: { count: 3, min: [0], max: [10], mean: [4], std: [2], q10: [2], q90: [6] },
  });
  it.each([
    ['MEAN_STD', [-2, 0, 3]],
    ['MIN_MAX', [-1, -0.2, 1]],
    ['QUANTILE10', [-2, 0, 3]],
    ['IDENTITY', [0, 4, 10]],
  ] as const)('%s', (mode, expected) => {
    const values = Float64Array.of(0, 4, 10);
    new Normalizer({ ...simple.options, mode }).apply(values);
    expect(largestDifference(values, expected)).toBeLessThan(1e-7);
  });

  it('say how far a normalised error is in physical units', () => {
    expect(new Normalizer({ ...simple.options, mode: 'MIN_MAX' }).scale).toEqual(Float64Array.of(5));
    expect(of({ mask: [true, true, true, false] }).scale[3]).toBe(1);
  });

  it('name the statistic that is missing', () => {
    expect(() => new Normalizer({ ...simple.options, mode: 'QUANTILES' })).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        details: { mode: 'QUANTILES', missing: 'q01' },
      }),
    );
  });
});

describe('a normalizer', () => {
  it('gives back what it does not clip', () => {
    const values = fc.float64Array({ min: -10, max: 10, noNaN: true, minLength: 8, maxLength: 8 });
    const normalizers = [
      of({}),
      of({ convention: 'openpi' }),
      of({ mode: 'MEAN_STD', mask: stats.mask }),
      of({ mode: 'MIN_MAX', convention: 'openpi' }),
    ];
    fc.assert(
      fc.property(values, fc.constantFrom(...normalizers), (before, normalizer) => {
        const after = before.slice();
        normalizer.apply(after);
        normalizer.invert(after);
        return largestDifference(after, before) < 1e-12;
      }),
    );
  });

  it('can write elsewhere', () => {
    const values = Float32Array.of(0.5, 0, 0.2, 1);
    const out = new Float64Array(4);
    of({}).apply(values, out);
    expect(out[0]).toBe(1);
    expect([...values]).toEqual([...Float32Array.of(0.5, 0, 0.2, 1)]);
  });

  it('comes back from JSON', () => {
    const before = of({ convention: 'openvla', mask: stats.mask });
    const after = Normalizer.fromJSON(JSON.parse(JSON.stringify(before)));
    expect(after.toJSON()).toEqual(before.toJSON());
    const values = flat(x);
    after.apply(values);
    expect(largestDifference(values, golden.openvla_bounds_q99.flat())).toBeLessThan(1e-9);
  });

  it('is not changed by what it was made of', () => {
    const q01 = [...stats.q01];
    const normalizer = of({ statistics: { ...statistics, q01 } });
    const before = JSON.stringify(normalizer);
    q01[0] = 100;
    normalizer.scale[0] = 100;
    expect(JSON.stringify(normalizer)).toBe(before);
    expect(normalizer.scale[0]).toBeCloseTo(0.45, 12);
  });

  it('refuses other columns, unknown names and broken JSON', () => {
    const refusal = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
    expect(() => of({}).apply(new Float64Array(5))).toThrow(refusal);
    expect(() => of({}).invert(new Float64Array(4), new Float64Array(8))).toThrow(refusal);
    expect(() => of({ mask: [true] })).toThrow(refusal);
    expect(() => of({ mode: 'NONE' as 'IDENTITY' })).toThrow(refusal);
    expect(() => of({ convention: 'toString' as 'openpi' })).toThrow(refusal);
    expect(() => of({ statistics: { ...statistics, max: [1, Number.NaN, 1, 1] } })).toThrow(refusal);
    for (const broken of [null, {}, { mode: 'IDENTITY', statistics: { ...statistics, std: [1] } }]) {
      expect(() => Normalizer.fromJSON(broken)).toThrow(refusal);
    }
  });
});
