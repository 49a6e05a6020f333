import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planSpans } from './plan-spans.js';

it('leaves a codebook whole where the rows alone keep the GPU busy', () => {
  expect(planSpans({ rows: 1 << 15, codes: 8192, steps: 1 })).toEqual({ count: 1, tilesPerSpan: 128 });
});

it('divides a codebook between workgroups where rows are few', () => {
  expect(planSpans({ rows: 1, codes: 8192, steps: 1 })).toEqual({ count: 128, tilesPerSpan: 1 });
  expect(planSpans({ rows: 1000, codes: 8192, steps: 1 })).toEqual({ count: 32, tilesPerSpan: 4 });
});

it('keeps loops short, and covers every code once', () => {
  const work = fc.record({
    rows: fc.integer({ min: 1, max: 1 << 20 }),
    codes: fc.integer({ min: 1, max: 1 << 24 }),
    steps: fc.integer({ min: 1, max: 1 << 16 }),
  });
  fc.assert(
    fc.property(work, ({ rows, codes, steps }) => {
      const { count, tilesPerSpan } = planSpans({ rows, codes, steps });
      const tiles = Math.ceil(codes / 64);
      expect(count * tilesPerSpan).toBeGreaterThanOrEqual(tiles);
      expect((count - 1) * tilesPerSpan).toBeLessThan(tiles);
      if (tilesPerSpan > 1) expect(tilesPerSpan * steps).toBeLessThanOrEqual(1 << 15);
    }),
  );
});
