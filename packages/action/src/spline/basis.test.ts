import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldens, largestDifference } from '../goldens.fixture.js';
import { basisMatrix, uniformPhases } from './basis.js';
import { clampedKnots } from './knots.js';

const { knots, matrices } = goldens.bspline_basis;

describe('clampedKnots', () => {
  it.each(knots)('gives the golden knots: $N points, degree $p', ({ N, p, knots: expected }) => {
    expect(largestDifference(clampedKnots({ points: N, degree: p }), expected)).toBeLessThan(1e-11);
  });

  it.each([
    { points: 3, degree: 3 },
    { points: 0, degree: 0 },
    { points: 4, degree: -1 },
    { points: 4.5, degree: 1 },
    { points: 1025, degree: 3 },
    { points: 30, degree: 16 },
  ])('refuses $points points of degree $degree', (shape) => {
    expect(() => clampedKnots(shape)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});

describe('inner knots', () => {
  const shape = { points: 7, degree: 3, innerKnots: [0.1, 0.15, 0.6] };

  it('stand between the clamped ends', () => {
    expect([...clampedKnots(shape)]).toEqual([0, 0, 0, 0, 0.1, 0.15, 0.6, 1, 1, 1, 1]);
  });

  it('give the basis of SciPy’s BSpline.design_matrix', () => {
    const matrix = basisMatrix(shape, [0, 0.05, 0.1, 0.4, 0.9, 1]);
    const expected = [
      [1, 0, 0, 0, 0, 0, 0],
      [0.125, 0.513888888889, 0.347222222222, 0.013888888889, 0, 0, 0],
      [0, 0.111111111111, 0.777777777778, 0.111111111111, 0, 0, 0],
      [0, 0, 0.059259259259, 0.557734204793, 0.334948096886, 0.048058439062, 0],
      [0, 0, 0, 0.003267973856, 0.074154171473, 0.500702854671, 0.421875],
      [0, 0, 0, 0, 0, 0, 1],
    ];
    expect(largestDifference(matrix, expected.flat())).toBeLessThan(1e-12);
  });

  it.each([[[0.1, 0.6]], [[0.1, 0.1, 0.6]], [[0, 0.1, 0.6]], [[0.1, 0.6, 1]], [[0.1, Number.NaN, 0.6]]])(
    'are as many as the shape has, apart and inside: not %j',
    (innerKnots) => {
      expect(() => clampedKnots({ ...shape, innerKnots })).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
    },
  );
});

describe('basisMatrix', () => {
  it.each(matrices)(
    'gives the golden values: $T steps, $N points, degree $p',
    ({ T, N, p, rows, values }) => {
      const matrix = basisMatrix({ points: N, degree: p }, uniformPhases(T));
      rows.forEach((row, at) => {
        expect(largestDifference(matrix.subarray(row * N, row * N + N), values[at])).toBeLessThan(1e-11);
      });
    },
  );

  it('puts samples that fall on a knot into the span that starts there', () => {
    // 26 steps, 5 spans: step 5·i is on knot i, where adding steps up would come out just before it.
    const matrix = basisMatrix({ points: 5, degree: 0 }, uniformPhases(26));
    const spans = Array.from({ length: 26 }, (_, step) => matrix.subarray(step * 5, step * 5 + 5).indexOf(1));
    expect(spans.filter((span) => span === 0)).toHaveLength(5);
    expect(spans.filter((span) => span === 4)).toHaveLength(6);
  });

  it('has rows that add up to 1 and touch degree + 1 points', () => {
    const shape = fc
      .integer({ min: 0, max: 6 })
      .chain((degree) =>
        fc.record({ degree: fc.constant(degree), points: fc.integer({ min: degree + 1, max: 24 }) }),
      );
    fc.assert(
      fc.property(shape, fc.double({ min: 0, max: 1, noNaN: true }), (spline, phase) => {
        const row = basisMatrix(spline, [phase]);
        expect(row.reduce((sum, value) => sum + value)).toBeCloseTo(1, 12);
        expect(row.filter((value) => value !== 0).length).toBeLessThanOrEqual(spline.degree + 1);
        expect(Math.min(...row)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('refuses phases outside 0 to 1', () => {
    for (const phase of [-1e-9, 1.0001, Number.NaN]) {
      expect(() => basisMatrix({ points: 4, degree: 3 }, [0, phase])).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT', details: { step: 1, phase } }),
      );
    }
  });
});
