import { describe, expect, it } from 'vitest';
import { ResidualFsq } from './residual-fsq.js';

/** Undoes the soft clamp. */
const expand = (value: number, count: number) => {
  const clamp = 1 + 1 / (count - 1);
  return clamp * Math.atanh(value / clamp);
};

describe('ResidualFsq', () => {
  const levels = [5, 3];
  const quantizer = new ResidualFsq({ levels, layers: 3 });

  it('refines what the layers before left over', () => {
    // One dimension, L = 3: 0.5 softly clamped to 1.5·tanh(1/3) = 0.4823, so 0, then 0.4823·3 → 1 (⅓ of 1), then 0.1489·9 → 1.
    const one = new ResidualFsq({ levels: [3], layers: 3 });
    expect(Array.from(one.quantize(Float64Array.of(0.5)))).toEqual([1, 2, 2]);
    expect(one.dequantize([1, 2, 2], new Float64Array(1))[0]).toBeCloseTo(1 / 3 + 1 / 9, 12);
  });

  it('gives every row of ids a vector of its own, which quantizes back to them once the soft clamp is undone', () => {
    const size = 15;
    const seen = new Set<string>();
    for (let n = 0; n < size ** 3; n++) {
      const codes = Uint16Array.of(n % size, Math.floor(n / size) % size, Math.floor(n / size ** 2));
      const vector = quantizer.dequantize(codes, new Float64Array(2));
      seen.add(vector.map((value) => Math.round(value * 1e9)).join());
      expect(quantizer.quantize(vector.map((value, j) => expand(value, levels[j])))).toEqual(codes);
    }
    expect(seen.size).toBe(size ** 3);
  });

  it('is off by at most half the finest step', () => {
    for (let x = -3; x <= 3; x += 0.01) {
      const vector = quantizer.dequantize(quantizer.quantize(Float64Array.of(x, x)), new Float64Array(2));
      levels.forEach((count, j) => {
        const clamp = 1 + 1 / (count - 1);
        const error = Math.abs(vector[j] - clamp * Math.tanh(x / clamp));
        expect(error).toBeLessThanOrEqual(count ** -2 / (count - 1) + 1e-12);
      });
    }
  });

  it('has prefixes whose ids are its first columns', () => {
    const coarse = quantizer.prefix(2);
    expect(coarse.codebookSizes).toEqual([15, 15]);
    const vectors = Float64Array.of(0.3, -0.7, 1.1, 0.05);
    const fine = quantizer.quantize(vectors);
    expect(coarse.quantize(vectors)).toEqual(Uint16Array.of(fine[0], fine[1], fine[3], fine[4]));
    expect(() => quantizer.prefix(4)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it.each([0, 1.5, 5000])('refuses %d layers', (layers) => {
    expect(() => new ResidualFsq({ levels, layers })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });

  it('stays finite where a layer is finer than double precision', () => {
    const deep = new ResidualFsq({ levels: [8], layers: 500 });
    const codes = deep.quantize(Float64Array.of(0.123));
    expect(codes.every((id) => id < 8)).toBe(true);
    expect(deep.dequantize(codes, new Float64Array(1))[0]).toBeCloseTo(
      1.142857 * Math.tanh(0.123 / 1.142857),
      6,
    );
  });
});
