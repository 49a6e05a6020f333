import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uniform } from '../kernels/random-values.fixture.js';
import { orthogonalLoss } from './orthogonal-loss.js';

describe('orthogonalLoss', () => {
  it('is 0 for codes at right angles, whatever their lengths', () => {
    const { loss, gradient } = orthogonalLoss(Float32Array.of(3, 0, 0, 0, -0.5, 0), 3);
    expect(loss).toBe(0);
    expect(gradient.every((value) => Math.abs(value) === 0)).toBe(true);
  });

  it('counts the squared cosine of every ordered pair', () => {
    // cos² of the pair is 0.36: (1 + 1 + 2·0.36)/4 − 1/2.
    expect(orthogonalLoss(Float32Array.of(2, 0, 0.6, 0.8), 2).loss).toBeCloseTo(0.18, 7);
    expect(orthogonalLoss(Float32Array.of(1, 1, 2, 2), 2).loss).toBeCloseTo(0.5, 12);
  });

  it('has the gradient that differences have', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(11), (seed, at) => {
        const codes = uniform(12, seed).map((value) => Math.sign(value) + value);
        const step = 2 ** -10;
        const [up, down] = [codes.slice(), codes.slice()];
        up[at] += step;
        down[at] -= step;
        const slope = (orthogonalLoss(up, 3).loss - orthogonalLoss(down, 3).loss) / (up[at] - down[at]);
        expect(orthogonalLoss(codes, 3).gradient[at]).toBeCloseTo(slope, 5);
      }),
      { numRuns: 50 },
    );
  });

  it('takes a zero code as orthogonal to all', () => {
    const { gradient } = orthogonalLoss(Float32Array.of(0, 0, 1, 1), 2);
    expect(Array.from(gradient.subarray(0, 2))).toEqual([0, 0]);
  });

  it.each([
    [new Float32Array(0), 2],
    [Float32Array.of(1, 2, 3), 2],
    [Float32Array.of(Number.NaN), 1],
  ])('refuses %j', (codes, dimension) => {
    expect(() => orthogonalLoss(codes, dimension)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});
