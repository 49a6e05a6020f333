import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integers, uniform } from '../random-values.fixture.js';
import { centreCodes } from './centre-codes.js';

const length = (values: Float32Array, from: number, to: number) => Math.hypot(...values.subarray(from, to));

describe('centreCodes', () => {
  it('takes the mean of codes that lie far from zero, and what is left of each', () => {
    const centred = centreCodes(Float32Array.of(10, -20, 12, -20, 11, -23), 2);
    expect([...centred!.mean]).toEqual([11, -21]);
    expect([...centred!.codes]).toEqual([-1, 1, 1, 1, 0, -2]);
  });

  it.each([
    { name: 'around zero', codes: [1, 0, -1, 0, 0, 1] },
    { name: 'of which one lies elsewhere', codes: [10, 10, 10, 11, 11, 10, 1, 1] },
    { name: 'on both sides of it', codes: [10, 0, -10, 0, 10, 1, -10, 1] },
  ])('leaves codes $name as they are', ({ codes }) => {
    expect(centreCodes(Float32Array.from(codes), 2)).toBeUndefined();
  });

  it('halves lengths at least, and never takes more than a code is long', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom(0, 0.5, 1, 2, 3, 10, 1e6),
        fc.constantFrom(1e-38, 1e-20, 1, 1e15),
        fc.nat(),
        (dimensions, count, offset, scale, seed) => {
          const codes = uniform(count * dimensions, seed).map((value) => ((value + offset) / 1e7) * scale);
          const centred = centreCodes(codes, dimensions);
          if (centred === undefined) return;
          const lengths = (values: Float32Array) =>
            Array.from({ length: count }, (_, code) =>
              length(values, code * dimensions, (code + 1) * dimensions),
            );
          const longest = Math.max(...lengths(codes));
          expect(Math.max(...lengths(centred.codes))).toBeLessThanOrEqual((longest / 2) * (1 + 1e-12));
          expect(length(centred.mean, 0, dimensions)).toBeLessThanOrEqual(longest * (1 + 1e-12));
          centred.codes.forEach((value, at) => {
            expect(value).toBe(Math.fround(codes[at] - centred.mean[at % dimensions]));
          });
        },
      ),
    );
  });

  it('keeps to the grid of the values, so that no difference is rounded', () => {
    for (const grid of [2 ** -40, 1 / 8, 1, 64, 2 ** 30]) {
      const codes = integers(31 * 3, 4, 1).map((value, at) => grid * (value + 100 * (at % 3) + 50));
      const { mean, codes: left } = centreCodes(codes, 3)!;
      for (const value of mean) expect(Number.isInteger(value / grid)).toBe(true);
      left.forEach((value, at) => {
        expect(value + mean[at % 3]).toBe(codes[at]);
      });
    }
  });

  it('makes nothing of one code, or of equal ones', () => {
    for (const codes of [
      [0.1, 7],
      [0.1, 7, 0.1, 7, 0.1, 7],
    ]) {
      const centred = centreCodes(Float32Array.from(codes), 2)!;
      expect([...centred.mean]).toEqual([Math.fround(0.1), 7]);
      expect(centred.codes.every((value) => value === 0)).toBe(true);
    }
  });
});
