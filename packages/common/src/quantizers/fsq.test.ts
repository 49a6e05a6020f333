import { describe, expect, it } from 'vitest';
import { FSQ_VARIANTS, Fsq, type FsqVariant } from './fsq.js';
import { goldens, largestDifference, rowsOf } from './goldens.fixture.js';

const { fsq, fsq_bounds: bounds } = goldens;
const BOUNDS = {
  'fsq-paper': 'paper_tan',
  'fsq-lucidrains': 'atanh',
  'fsq-lucidrains-symmetric': 'symmetric',
} as const;

describe.each(FSQ_VARIANTS)('%s', (variant) => {
  it('agrees with the golden ids and codes', () => {
    const quantizer = new Fsq({ variant, levels: fsq.levels });
    const codes = quantizer.quantize(rowsOf(fsq.z));
    expect(Array.from(codes)).toEqual(fsq[variant].indices);
    const vectors = quantizer.dequantize(codes, new Float64Array(16));
    expect(largestDifference(vectors, rowsOf(fsq[variant].codes))).toBeLessThan(1e-9);
  });

  it('agrees with the golden ids and codes of its bound', () => {
    const quantizer = new Fsq({ variant, levels: bounds.levels });
    const expected = bounds[BOUNDS[variant]];
    const codes = quantizer.quantize(rowsOf(bounds.input));
    expect(Array.from(codes)).toEqual(expected.ids);
    const vectors = quantizer.dequantize(codes, new Float64Array(16));
    expect(largestDifference(vectors, rowsOf(expected.codes))).toBeLessThan(1e-9);
  });

  it('reaches every id: the middle of each cell, taken back through tanh, quantizes to it', () => {
    const levels = [4, 3, 7];
    const quantizer = new Fsq({ variant, levels });
    for (let id = 0; id < 84; id++) {
      const code = quantizer.dequantize([id], new Float64Array(3));
      expect(quantizer.quantize(code.map((value, j) => unsquash(variant, value, levels[j])))).toEqual(
        Uint16Array.of(id),
      );
    }
  });

  it('ends at the outermost levels, however large the numbers', () => {
    for (const count of [3, 8, 1000]) {
      const quantizer = new Fsq({ variant, levels: [count] });
      expect(Array.from(quantizer.quantize(Float64Array.of(-1e300, 1e300)))).toEqual([0, count - 1]);
    }
  });

  it('splits rows into codebooks of equal levels', () => {
    const one = new Fsq({ variant, levels: fsq.levels });
    const two = new Fsq({ variant, levels: fsq.levels, codebooks: 2 });
    expect(two.dimension).toBe(8);
    expect(two.quantize(rowsOf(fsq.z))).toEqual(one.quantize(rowsOf(fsq.z)));
  });

  it('takes 32-bit ids where 16 do not suffice', () => {
    const quantizer = new Fsq({ variant, levels: new Array<number>(11).fill(7) });
    expect(quantizer.codebookSizes).toEqual([7 ** 11]);
    const top = quantizer.quantize(new Float32Array(11).fill(20));
    expect(top).toEqual(Uint32Array.of(7 ** 11 - 1));
    expect(quantizer.dequantize(top)).toEqual(new Float32Array(11).fill(1));
  });
});

describe('Fsq', () => {
  it('stays within its levels where ε·L exceeds one level: one form would pass them, the other falls short', () => {
    const ends = (variant: FsqVariant) =>
      Array.from(new Fsq({ variant, levels: [4000] }).quantize(Float64Array.of(-20, 20)));
    expect(ends('fsq-lucidrains')).toEqual([0, 3999]);
    expect(ends('fsq-paper')).toEqual([2, 3997]);
  });

  it('is the S3 speech tokenizer with eight ternary dimensions', () => {
    const { input, id, K } = bounds.s3_ternary;
    const quantizer = new Fsq({ variant: 'fsq-paper', levels: new Array<number>(8).fill(3) });
    expect(quantizer.codebookSizes).toEqual([K]);
    expect(Array.from(quantizer.quantize(Float64Array.from(input)))).toEqual([id]);
  });

  it.each(['fsq-paper', 'fsq-lucidrains'] as const)('refuses two levels as %s', (variant) => {
    expect(() => new Fsq({ variant, levels: [3, 2] })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });

  it('takes two levels as fsq-lucidrains-symmetric', () => {
    const quantizer = new Fsq({ variant: 'fsq-lucidrains-symmetric', levels: [2] });
    expect(Array.from(quantizer.quantize(Float64Array.of(-0.1, 0, 0.1)))).toEqual([0, 1, 1]);
    expect(Array.from(quantizer.dequantize([0, 1]))).toEqual([-1, 1]);
  });

  it('refuses a codebook beyond 32 bits and an unknown variant', () => {
    expect(() => new Fsq({ variant: 'fsq-paper', levels: new Array<number>(12).fill(7) })).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
    expect(() => new Fsq({ variant: 'fsq' as never, levels: [3] })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

/** A number whose code is `value`, well inside its cell. */
function unsquash(variant: FsqVariant, value: number, count: number): number {
  const inside = Math.min(Math.max(value, -0.999), 0.999);
  if (variant === 'fsq-lucidrains-symmetric') return Math.atanh(inside);
  const half = ((count - 1) * (variant === 'fsq-paper' ? 0.999 : 1.001)) / 2;
  const offset = count % 2 === 0 ? 0.5 : 0;
  const shift = variant === 'fsq-paper' ? Math.tan(offset / half) : Math.atanh(offset / half);
  const squashed = (value * Math.floor(count / 2) + offset) / half;
  return Math.atanh(Math.min(Math.max(squashed, -0.999), 0.999)) - shift;
}
