import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combineStatistics, QUANTILES, type QuantileName } from './action-statistics.js';
import { TrackStatistics } from './track-statistics.js';

const of = (chunks: readonly Float64Array[], options: { columns: number; exactSteps?: number }) => {
  const statistics = new TrackStatistics(options);
  for (const chunk of chunks) statistics.add(chunk);
  return statistics.result();
};

describe('TrackStatistics', () => {
  it('is exact for few steps', () => {
    // 0 to 100, and a constant: NumPy's quantiles are the shares themselves.
    const values = Float64Array.from({ length: 202 }, (_, i) => (i % 2 ? 7 : i / 2));
    expect(of([values.subarray(0, 50), values.subarray(50)], { columns: 2 })).toEqual({
      count: 101,
      min: [0, 7],
      max: [100, 7],
      mean: [50, 7],
      std: [expect.closeTo(Math.sqrt(850), 12), 0],
      q01: [1, 7],
      q10: [10, 7],
      q50: [50, 7],
      q90: [90, 7],
      q99: [99, 7],
    });
  });

  it('keeps the digits of small changes around a large value', () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => 1e9 + (i % 2));
    expect(of([values], { columns: 1 }).std[0]).toBeCloseTo(0.5, 9);
  });

  it('estimates the quantiles of many steps to a small part of the range, wherever the stream goes', () => {
    const streams = fc.record({
      start: fc.integer({ min: -1000, max: 1000 }),
      // The range grows far beyond the first numbers, up, down, or both.
      slope: fc.integer({ min: -50, max: 50 }),
      swing: fc.integer({ min: 0, max: 10_000 }),
    });
    fc.assert(
      fc.property(streams, ({ start, slope, swing }) => {
        const values = Float64Array.from(
          { length: 2000 },
          (_, i) => start + slope * i + swing * Math.sin(i) * (i / 2000),
        );
        const estimate = of([values], { columns: 1, exactSteps: 16 });
        const bin = (estimate.max[0] - estimate.min[0]) / 2500 + 1e-9;
        for (const [name, share] of Object.entries(QUANTILES)) {
          const quantile = estimate[name as QuantileName]?.[0] ?? NaN;
          const rank = share * (values.length - 1);
          expect(values.filter((value) => value < quantile - bin).length).toBeLessThanOrEqual(rank + 1);
          expect(values.filter((value) => value <= quantile + bin).length).toBeGreaterThanOrEqual(rank);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('knows the quantiles of a column that stays where it is', () => {
    const { q01, q99 } = of([new Float64Array(100).fill(0.3)], { columns: 1, exactSteps: 8 });
    expect([q01, q99]).toEqual([[0.3], [0.3]]);
  });

  it('refuses no steps, NaN and other columns', () => {
    const refusal = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
    expect(() => of([new Float64Array(0)], { columns: 3 })).toThrow(refusal);
    expect(() => of([Float64Array.of(1, NaN)], { columns: 2 })).toThrow(refusal);
    expect(() => of([new Float64Array(4)], { columns: 3 })).toThrow(refusal);
  });
});

describe('combineStatistics', () => {
  it('gives the statistics of the whole, without quantiles', () => {
    const values = Float64Array.of(1, -5, 2, 8, 4, 0, 9, 3, 3, 3);
    const whole = of([values], { columns: 2 });
    const parts = [values.subarray(0, 4), values.subarray(4)].map((part) => of([part], { columns: 2 }));
    const { min, max, mean, std, count } = whole;
    const close = (list: readonly number[]) => list.map((value) => expect.closeTo(value, 12));
    expect(combineStatistics(parts)).toEqual({ count, min, max, mean: close(mean), std: close(std) });
  });

  it('refuses parts of different columns', () => {
    expect(() => combineStatistics([])).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
