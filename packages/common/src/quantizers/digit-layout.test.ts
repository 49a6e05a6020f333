import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DigitLayout, type DigitOrder } from './digit-layout.js';

describe('DigitLayout', () => {
  it.each([
    ['first-fastest', 1 + 2 * 4 + 3 * 12],
    ['last-fastest', 1 * 15 + 2 * 5 + 3],
  ] as const)('weighs digits %s', (order, id) => {
    const layout = new DigitLayout({ levels: [4, 3, 5], order });
    const codes = new Uint16Array(1);
    layout.pack([1, 2, 3], codes, 0);
    expect(codes[0]).toBe(id);
    expect(layout.codebookSizes).toEqual([60]);
  });

  it('maps ids to digits and back, each once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 2, max: 6 }), { minLength: 1, maxLength: 4 }),
        fc.constantFrom<DigitOrder>('first-fastest', 'last-fastest'),
        (levels, order) => {
          const layout = new DigitLayout({ levels, order });
          const digits = new Uint32Array(layout.digits);
          const packed = new Uint16Array(1);
          const seen = new Set<string>();
          for (let id = 0; id < layout.codebookSizes[0]; id++) {
            layout.unpack([id], 0, digits);
            expect(digits.every((digit, j) => digit < levels[j])).toBe(true);
            layout.pack(digits, packed, 0);
            expect(packed[0]).toBe(id);
            seen.add(String(digits));
          }
          expect(seen.size).toBe(layout.codebookSizes[0]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('gives each codebook its own digits', () => {
    const layout = new DigitLayout({ levels: [4, 3], codebooks: 2 });
    const codes = new Uint16Array(3);
    layout.pack([3, 1, 2, 2], codes, 1);
    expect(codes).toEqual(Uint16Array.of(0, 7, 10));
  });

  it.each([2 ** 31, 2 ** 32])('holds ids of a codebook of %d', (size) => {
    const layout = new DigitLayout({ levels: [size / 2, 2] });
    const codes = new Uint32Array(1);
    layout.pack([size / 2 - 1, 1], codes, 0);
    expect(codes[0]).toBe(size - 1);
    const digits = new Uint32Array(2);
    layout.unpack(codes, 0, digits);
    expect(digits).toEqual(Uint32Array.of(size / 2 - 1, 1));
  });

  it('refuses a codebook beyond 32 bits', () => {
    expect(() => new DigitLayout({ levels: [2 ** 31, 3] })).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });

  it.each([[[]], [[1]], [[2.5]], [[Number.NaN]], ['22']])('refuses levels %j', (levels) => {
    expect(() => new DigitLayout({ levels: levels as number[] })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });

  it.each([0, 4097, 1.5])('refuses %d codebooks', (codebooks) => {
    expect(() => new DigitLayout({ levels: [2], codebooks })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});
