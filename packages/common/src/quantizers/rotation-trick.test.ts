import { describe, expect, it } from 'vitest';
import { goldens, largestDifference, rowsOf } from './goldens.fixture.js';
import { rotationTrickGradient } from './rotation-trick.js';

describe('rotationTrickGradient', () => {
  it.each(goldens.rotation_trick)('agrees with the golden gradients of $vector to $code', (golden) => {
    const rows = golden.upstream.length;
    const gradient = rotationTrickGradient({
      vectors: rowsOf(new Array(rows).fill(golden.vector)),
      codes: rowsOf(new Array(rows).fill(golden.code)),
      gradient: rowsOf(golden.upstream),
      dimension: 3,
    });
    // The file has nine decimals.
    expect(largestDifference(gradient, rowsOf(golden.gradients))).toBeLessThan(1e-9);
  });

  it('is the straight-through gradient where the code is the vector', () => {
    const vectors = Float64Array.of(0.5, -2, 1);
    const gradient = Float64Array.of(1, 2, 3);
    const result = rotationTrickGradient({ vectors, codes: vectors, gradient, dimension: 3 });
    expect(largestDifference(result, gradient)).toBeLessThan(1e-12);
  });

  it.each([
    ['the vector is zero', [0, 0], [1, 2]],
    ['the code is zero', [1, 2], [0, 0]],
    ['they are opposite', [1, 2], [-2, -4]],
  ])('passes the gradient on where %s', (_name, vector, code) => {
    const gradient = Float32Array.of(3, -1);
    const result = rotationTrickGradient({
      vectors: Float64Array.from(vector),
      codes: Float64Array.from(code),
      gradient,
      dimension: 2,
    });
    expect(Array.from(result)).toEqual([3, -1]);
  });

  it.each([
    { codes: new Float64Array(3) },
    { gradient: new Float64Array(4) },
    { gradient: Float64Array.of(1, Number.NaN) },
    { dimension: 0 },
  ])('refuses %j', (bad) => {
    const row = Float64Array.of(1, 2);
    expect(() =>
      rotationTrickGradient({ vectors: row, codes: row, gradient: row, dimension: 2, ...bad }),
    ).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
