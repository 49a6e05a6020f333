import { describe, expect, it } from 'vitest';
import { Bsq } from './bsq.js';
import { goldens, largestDifference } from './goldens.fixture.js';
import { unitRows } from './unit-rows.js';

const { bsq } = goldens;
const input = Float64Array.from(bsq.input);

describe('Bsq', () => {
  it.each([
    ['msb-first', bsq.id_msb],
    ['lsb-first', bsq.id_lsb],
  ] as const)('agrees with the golden id and code, %s', (order, id) => {
    const quantizer = new Bsq({ dimension: 4, order });
    expect(Array.from(quantizer.quantize(input))).toEqual([id]);
    expect(Array.from(quantizer.dequantize([id]))).toEqual(bsq.code);
  });

  it('quantizes what it decoded to the same ids', () => {
    const quantizer = new Bsq({ dimension: 8, codebooks: 2, order: 'msb-first' });
    for (let n = 0; n < 256; n++) {
      const codes = Uint16Array.of(n >> 4, n & 15);
      expect(quantizer.quantize(quantizer.dequantize(codes))).toEqual(codes);
    }
  });

  it('spreads 36 bits over codebooks, as vectors of length 1', () => {
    const quantizer = new Bsq({ dimension: 36, codebooks: 4, order: 'msb-first' });
    expect(quantizer.codebookSizes).toEqual([512, 512, 512, 512]);
    const vector = quantizer.dequantize([0, 1, 256, 511], new Float64Array(36));
    expect(Math.hypot(...vector)).toBeCloseTo(1, 12);
    expect(vector.subarray(9, 18).map(Math.sign)).toEqual(Float64Array.of(-1, -1, -1, -1, -1, -1, -1, -1, 1));
  });

  it.each([
    { dimension: 36 },
    { dimension: 0 },
    { dimension: 9, codebooks: 2 },
    { codebooks: 0 },
    { codebooks: 1e9 },
  ])('refuses %j', (bad) => {
    expect(() => new Bsq({ dimension: 8, order: 'msb-first', ...bad })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

describe('unitRows', () => {
  it('agrees with the golden unit vector', () => {
    expect(largestDifference(unitRows(input, 4), bsq.unit)).toBeLessThan(1e-9);
  });

  it('neither overflows nor vanishes, and leaves zeros zero', () => {
    const units = unitRows(Float64Array.of(3e300, 4e300, 3e-300, -4e-300, 0, 0), 2);
    expect(largestDifference(units, [0.6, 0.8, 0.6, -0.8, 0, 0])).toBeLessThan(1e-12);
  });
});
