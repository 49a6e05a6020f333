import { describe, expect, it } from 'vitest';
import { largestDifference } from './goldens.fixture.js';
import { type VqLossOptions, vqLoss } from './vq-loss.js';

const code = (name: string) => expect.objectContaining({ name: 'PolytokError', code: name });
const OPTIONS: VqLossOptions = {
  vectors: Float64Array.of(1, 2, 5, 4, 3, 3),
  ids: [0, 1, 1],
  codes: Float32Array.of(1, 1, 4, 4, 9, 9),
  dimension: 2,
};

describe('vqLoss', () => {
  it('has the same value in both forms', () => {
    // Squares of (0, 1), (1, 0) and (−1, −1) over 6 numbers.
    expect(vqLoss(OPTIONS)).toMatchObject({ squared: 4 / 6, total: 1.25 * (4 / 6) });
    expect(vqLoss({ ...OPTIONS, form: 'legacy', beta: 0.5 })).toMatchObject({ total: 1 });
  });

  it.each([
    ['standard', 0.25, 1],
    ['legacy', 1, 0.25],
  ] as const)('weighs the vectors by %s with %d, the codes with %d', (form, onVectors, onCodes) => {
    const { vectorGradient, codeGradient } = vqLoss({ ...OPTIONS, form });
    const vectors = [0, 1, 1, 0, -1, -1].map((difference) => (difference * onVectors) / 3);
    const codes = [0, -1, 0, 1, 0, 0].map((difference) => (difference * onCodes) / 3);
    expect(largestDifference(vectorGradient, vectors)).toBeLessThan(1e-15);
    expect(largestDifference(codeGradient, codes)).toBeLessThan(1e-15);
  });

  it('leaves masked rows out of mean and gradients', () => {
    const { squared, vectorGradient, codeGradient } = vqLoss({ ...OPTIONS, mask: [true, true, false] });
    expect(squared).toBe(2 / 4);
    expect(Array.from(vectorGradient)).toEqual([0, 0.125, 0.125, 0, 0, 0]);
    expect(Array.from(codeGradient)).toEqual([0, -0.5, -0.5, 0, 0, 0]);
  });

  it.each([
    [{ ids: [0, 1] }, 'INVALID_ARGUMENT'],
    [{ ids: [0, 1, 3] }, 'ID_OUT_OF_RANGE'],
    [{ codes: new Float32Array(3) }, 'INVALID_ARGUMENT'],
    [{ vectors: new Float32Array(0), ids: [] }, 'INVALID_ARGUMENT'],
    [{ mask: [0, 0, 0] }, 'INVALID_ARGUMENT'],
    [{ beta: 0 }, 'INVALID_ARGUMENT'],
    [{ form: 'taming' as never }, 'INVALID_ARGUMENT'],
  ])('refuses %j', (bad, error) => {
    expect(() => vqLoss({ ...OPTIONS, ...bad })).toThrow(code(error));
  });
});
