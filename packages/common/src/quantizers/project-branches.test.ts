import { describe, expect, it } from 'vitest';
import { projectBranches } from './project-branches.js';

const options = {
  vectors: Float32Array.of(1, 2, 3, -1, 0, 1),
  // Two branches of two bits each.
  weights: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1),
  bias: Float32Array.of(0, 0.5, 0, -1),
  features: 3,
  voters: 2,
  bits: 2,
};

describe('projectBranches', () => {
  it('is W·h + b of every branch, row after row', () => {
    expect(Array.from(projectBranches(options))).toEqual([1, 2.5, 3, 5, -1, 0.5, 1, -1]);
  });

  it('takes no bias as zeros, and no rows', () => {
    const { bias: _, ...unbiased } = options;
    expect(Array.from(projectBranches(unbiased))).toEqual([1, 2, 3, 6, -1, 0, 1, 0]);
    expect(projectBranches({ ...options, vectors: new Float32Array(0) })).toHaveLength(0);
  });

  it.each([
    { weights: new Float32Array(9) },
    { bias: new Float32Array(3) },
    { vectors: new Float32Array(4) },
    { vectors: Float32Array.of(1, Number.NaN, 2) },
    { features: 0 },
    { voters: 0 },
    { bits: 64 },
  ])('refuses %j', (bad) => {
    expect(() => projectBranches({ ...options, ...bad })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});
