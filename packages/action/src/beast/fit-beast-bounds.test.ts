import { describe, expect, it } from 'vitest';
import { goldens, largestDifference } from '../goldens.fixture.js';
import { BeastBoundsFitter, fitBeastBounds, MAX_HELD_CHUNKS } from './fit-beast-bounds.js';

// One step, one control point of degree 0: control points are the actions, but for the ridge.
const sizes = { steps: 1, columns: 3, points: 1, degree: 0, ridge: 1e-12 };
const modes = goldens.beast_bounds_modes;
const chunks = modes.batches.flat().map((row) => Float64Array.from(row));

describe('fitBeastBounds', () => {
  it.each([
    ['minmax', {}, modes.minmax],
    ['minmax', { margin: modes.minmax_plus_margin.margin_share_of_range }, modes.minmax_plus_margin],
    ['quantile', {}, modes['quantile_0.01_0.99_linear']],
    ['online', {}, modes.online_after_each_batch[2]],
  ] as const)('gives the golden bounds: %s %j', (mode, options, { w_min, w_max }) => {
    const { bounds } = fitBeastBounds(chunks, { ...sizes, mode, ...options });
    expect(largestDifference(bounds.low, w_min)).toBeLessThan(1e-9);
    expect(largestDifference(bounds.high, w_max)).toBeLessThan(1e-9);
  });

  it('widens quantiles by a margin, too', () => {
    const options = { ...sizes, mode: 'quantile' } as const;
    const plain = fitBeastBounds(chunks, options).bounds;
    const wide = fitBeastBounds(chunks, { ...options, margin: 0.1 }).bounds;
    const expected = plain.high.map((high, at) => high + 0.1 * (high - plain.low[at]));
    expect(largestDifference(wide.high, expected)).toBeLessThan(1e-12);
  });

  it('says which share of the control points is clipped', () => {
    expect(fitBeastBounds(chunks, { ...sizes, mode: 'minmax' }).clipped).toBe(0);
    // The two extremes of each of three columns, of six chunks.
    expect(fitBeastBounds(chunks, { ...sizes, mode: 'quantile' }).clipped).toBeCloseTo(6 / 18, 12);
  });

  it('refuses no chunks, other shapes, NaN, and unknown modes', () => {
    const refusal = (details: object) =>
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: expect.objectContaining(details) });
    expect(() => fitBeastBounds([], sizes)).toThrow(refusal({}));
    expect(() => fitBeastBounds([chunks[0], new Float64Array(2)], sizes)).toThrow(refusal({ chunk: 1 }));
    expect(() => fitBeastBounds([Float64Array.of(0, Number.NaN, 0)], sizes)).toThrow(
      refusal({ chunk: 0, column: 1 }),
    );
    expect(() => fitBeastBounds(chunks, { ...sizes, mode: 'best' as 'minmax' })).toThrow(
      refusal({ value: 'best' }),
    );
    expect(() => fitBeastBounds(chunks, { ...sizes, tail: 0.5 })).toThrow(refusal({ tail: 0.5 }));
  });
});

describe('BeastBoundsFitter', () => {
  const one = { steps: 1, columns: 1, points: 1, degree: 0, ridge: 1e-12 };
  // A permutation of 0 … 99,999: 7919 is prime to it.
  const value = (i: number) => ((i * 7919) % 100_000) / 100_000;

  it('estimates quantiles from a sample where there are more chunks than it holds', () => {
    const fitter = new BeastBoundsFitter({ ...one, mode: 'quantile', tail: 0.1 });
    expect(100_000).toBeGreaterThan(3 * MAX_HELD_CHUNKS);
    for (let i = 0; i < 100_000; i++) fitter.add(Float64Array.of(value(i)));
    const { bounds, chunks: count } = fitter.finish();
    expect(count).toBe(100_000);
    expect(bounds.low[0]).toBeCloseTo(0.1, 2);
    expect(bounds.high[0]).toBeCloseTo(0.9, 2);
  });

  it('goes on after a chunk that it refused', () => {
    const fitter = new BeastBoundsFitter(one);
    fitter.add(Float64Array.of(1));
    expect(() => fitter.add(Float64Array.of(Number.NaN))).toThrow();
    fitter.add(Float64Array.of(2));
    const { bounds, chunks: count } = fitter.finish();
    expect([count, bounds.low[0], bounds.high[0]]).toEqual([2, expect.closeTo(1, 9), expect.closeTo(2, 9)]);
  });
});
