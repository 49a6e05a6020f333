import { describe, expect, it } from 'vitest';
import { goldens, largestDifference } from '../goldens.fixture.js';
import { fitBeastBounds } from './fit-beast-bounds.js';

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
      refusal({ chunk: 0, at: 1 }),
    );
    expect(() => fitBeastBounds(chunks, { ...sizes, mode: 'best' as 'minmax' })).toThrow(
      refusal({ mode: 'best' }),
    );
    expect(() => fitBeastBounds(chunks, { ...sizes, tail: 0.5 })).toThrow(refusal({ tail: 0.5 }));
  });
});
