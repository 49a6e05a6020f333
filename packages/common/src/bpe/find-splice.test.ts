import { describe, expect, it } from 'vitest';
import { findSplice } from './find-splice.js';

/** Id `n` spells `n` symbols. */
const widths = Uint32Array.of(0, 1, 2, 3, 4, 5, 6);

describe('findSplice', () => {
  it('finds the first token that both have at one place', () => {
    // a: 0-3 3-5 5-6 6-8 8-10; b: 4-5 5-6 6-8 8-10 10-13
    expect(findSplice([3, 2, 1, 2, 2], 10, [1, 1, 2, 2, 3], 4, widths)).toEqual({ take: 3, skip: 2 });
  });

  it('passes over tokens at one place that differ, and equal ones at different places', () => {
    // a: 0-2 2-4 4-6 6-7 7-9; b: 2-5 5-6 6-7 7-9
    expect(findSplice([2, 2, 2, 1, 2], 9, [3, 1, 1, 2], 2, widths)).toEqual({ take: 4, skip: 3 });
    // a: 0-2 2-4 4-6; b: 1-3 3-5
    expect(findSplice([2, 2, 2], 6, [2, 2], 1, widths)).toBeUndefined();
  });

  it('takes the very first token of b', () => {
    expect(findSplice([2, 3], 5, [3, 4], 2, widths)).toEqual({ take: 2, skip: 1 });
  });

  it('finds none without tokens, or without a common stretch', () => {
    expect(findSplice([], 4, [1, 1], 2, widths)).toBeUndefined();
    expect(findSplice([4], 4, [], 2, widths)).toBeUndefined();
    expect(findSplice([2, 2], 4, [1, 1], 4, widths)).toBeUndefined();
  });

  it('starts with a where a starts after b', () => {
    // a: 5-6 6-8; b: 2-5 5-6
    expect(findSplice([1, 2], 8, [3, 1], 2, widths)).toEqual({ take: 1, skip: 2 });
  });
});
