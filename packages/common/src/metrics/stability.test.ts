import { describe, expect, it } from 'vitest';
import { borderStability, collapseRuns, positionalAgreement, unitEditDistance } from './stability.js';

describe('positionalAgreement', () => {
  it('is the share of equal positions', () => {
    expect(positionalAgreement([1, 2, 3, 4], [1, 9, 3, 4])).toBe(0.75);
  });

  it('counts positions that only one side has as changed', () => {
    expect(positionalAgreement([1, 2, 3, 4], [1, 2])).toBe(0.5);
    expect(positionalAgreement([], [1])).toBe(0);
  });

  it('is 1 for two empty sequences', () => {
    expect(positionalAgreement([], [])).toBe(1);
  });
});

describe('unitEditDistance', () => {
  const pairs = [
    { reference: [1, 1, 2, 3], perturbed: [1, 2, 3] },
    { reference: [5], perturbed: [6, 6, 6] },
  ];

  it('divides total edits by total reference tokens', () => {
    expect(unitEditDistance({ pairs })).toEqual({
      value: 0.8,
      edits: 4,
      tokens: 5,
      pairs: 2,
      deduplicate: false,
      normalize: 'reference',
    });
  });

  it('can collapse runs first', () => {
    expect(unitEditDistance({ pairs, deduplicate: true })).toMatchObject({
      value: 0.25,
      edits: 1,
      tokens: 4,
      deduplicate: true,
    });
  });

  it('can divide by the longer side of each pair', () => {
    expect(unitEditDistance({ pairs, normalize: 'longer' })).toMatchObject({
      value: 4 / 7,
      tokens: 7,
      normalize: 'longer',
    });
  });

  it('may exceed 1 against a short reference', () => {
    expect(unitEditDistance({ pairs: [{ reference: [1], perturbed: [2, 3, 4] }] }).value).toBe(3);
  });

  it('is 1 without a token to divide by', () => {
    expect(unitEditDistance({ pairs: [{ reference: [], perturbed: [1] }] })).toMatchObject({
      value: 1,
      edits: 1,
      tokens: 0,
    });
    expect(unitEditDistance({ pairs: [] }).value).toBe(1);
  });

  it('refuses a way to normalize that it does not know', () => {
    expect(() => unitEditDistance({ pairs: [], normalize: 'max' as never })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

describe('collapseRuns', () => {
  it('keeps the first id of each run', () => {
    expect(collapseRuns(Uint16Array.of(4, 4, 1, 4, 4, 4))).toEqual([4, 1, 4]);
    expect(collapseRuns([])).toEqual([]);
  });
});

describe('borderStability', () => {
  it('compares borders where both inputs have them', () => {
    // Whole: borders at 3, 5, 9 of 12. The fragment starts at 1, so its borders are at 3, 6, 9.
    expect(borderStability({ reference: [3, 2, 4, 3], fragment: [2, 3, 3, 3], offset: 1 })).toEqual({
      value: 2 / 3,
      borders: 3,
      kept: 2,
    });
  });

  it('leaves out borders at or beyond the ends of the fragment', () => {
    // Whole: borders at 2, 4, 6. The fragment covers [2, 6).
    expect(borderStability({ reference: [2, 2, 2, 2], fragment: [1, 3], offset: 2 })).toEqual({
      value: 0,
      borders: 1,
      kept: 0,
    });
  });

  it('is 1 when the fragment is the whole, or holds no border', () => {
    expect(borderStability({ reference: [1, 5, 2], fragment: [1, 5, 2], offset: 0 }).value).toBe(1);
    expect(borderStability({ reference: [9], fragment: [4, 4], offset: 1 })).toEqual({
      value: 1,
      borders: 0,
      kept: 0,
    });
    expect(borderStability({ reference: [], fragment: [], offset: 0 })).toEqual({
      value: 1,
      borders: 0,
      kept: 0,
    });
  });

  it('refuses a fragment that leaves the signal, and widths that are not positive integers', () => {
    const invalid = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
    expect(() => borderStability({ reference: [4], fragment: [4], offset: 1 })).toThrow(invalid);
    expect(() => borderStability({ reference: [4, 0], fragment: [4], offset: 0 })).toThrow(invalid);
    expect(() => borderStability({ reference: [4], fragment: [0.5], offset: 0 })).toThrow(invalid);
    expect(() => borderStability({ reference: [4], fragment: [1], offset: -1 })).toThrow(invalid);
  });
});
