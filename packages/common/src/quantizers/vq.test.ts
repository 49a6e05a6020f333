import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { congruential, goldens } from '../kernels/goldens.fixture.js';
import { integers, uniform } from '../kernels/random-values.fixture.js';
import { synchronousBackends } from '../kernels/synchronous-backends.fixture.js';
import { Vq } from './vq.js';

const SQUARE = Float32Array.of(0, 0, 2, 0, 0, 2, 2, 2);
const code = (name: string) => expect.objectContaining({ name: 'PolytokError', code: name });

describe('Vq', () => {
  it('finds the nearest code and decodes to it', () => {
    const vq = new Vq({ codes: SQUARE, dimension: 2 });
    const ids = vq.quantize(Float32Array.of(0.4, 0.1, 1.9, 0.2, -3, 5, 9, 9));
    expect(ids).toEqual(Uint16Array.of(0, 1, 2, 3));
    expect(vq.dequantize(ids)).toEqual(SQUARE);
  });

  it.each([
    ['vq', goldens.vq_nearest.euclidean_ids],
    ['vq-cosine', goldens.vq_nearest.cosine_ids],
  ] as const)('agrees with the golden ids, %s', (variant, ids) => {
    const next = congruential(7);
    const vectors = Float32Array.from({ length: 16 * 4 }, next);
    const vq = new Vq({ variant, codes: Float32Array.from({ length: 32 * 4 }, next), dimension: 4 });
    expect(Array.from(vq.quantize(vectors))).toEqual(ids);
  });

  it('compares directions under cosine and decodes to codes of length 1', () => {
    const codes = Float32Array.of(100, 0, 3, 4);
    const vq = new Vq({ variant: 'vq-cosine', codes, dimension: 2 });
    expect(vq.quantize(Float32Array.of(0.1, 0.1, 5, 0.1))).toEqual(Uint16Array.of(1, 0));
    expect(vq.dequantize([0, 1])).toEqual(Float32Array.of(1, 0, 0.6, 0.8));
    const given = new Vq({ variant: 'vq-cosine', codes, dimension: 2, decoded: 'as-given' });
    expect(given.dequantize([0, 1])).toEqual(codes);
    expect(given.fingerprint).toBe(vq.fingerprint);
    expect(given.vocabulary('image').fingerprint).not.toBe(vq.vocabulary('image').fingerprint);
  });

  it('gives ties, duplicates and zero vectors to the lowest id', () => {
    const vq = new Vq({ codes: Float32Array.of(-1, 1, 1, -1), dimension: 1 });
    expect(vq.quantize(Float32Array.of(0, 1, -1, 7))).toEqual(Uint16Array.of(0, 1, 0, 1));
    const cosine = new Vq({ variant: 'vq-cosine', codes: SQUARE.subarray(2), dimension: 2 });
    expect(cosine.quantize(new Float32Array(4))).toEqual(Uint16Array.of(0, 0));
  });

  it('maps everything to its only code', () => {
    const vq = new Vq({ codes: Float32Array.of(5, 5, 5), dimension: 3 });
    expect(vq.quantize(uniform(30, 3))).toEqual(new Uint16Array(10));
  });

  it('counts ids of more than 2^16 codes in 32 bits', () => {
    const codes = uniform(2 ** 18 * 2, 4);
    const vq = new Vq({ codes, dimension: 2 });
    expect(vq.codebookSizes).toEqual([2 ** 18]);
    const chosen = [0, 77_777, 2 ** 18 - 1];
    expect(vq.quantize(vq.dequantize(chosen))).toEqual(Uint32Array.from(chosen));
  });

  it('rounds doubles to single precision before it compares', () => {
    const vq = new Vq({ codes: Float32Array.of(0, 1), dimension: 1 });
    // In double precision this is nearer to 1.
    expect(vq.quantize(Float64Array.of(0.5 + 1e-12))).toEqual(Uint16Array.of(0));
  });

  it('keeps its codes whatever becomes of the array', () => {
    const codes = SQUARE.slice();
    const vq = new Vq({ codes, dimension: 2 });
    codes.fill(7);
    vq.tensors().codes.values.fill(7);
    expect(vq.dequantize([3])).toEqual(Float32Array.of(2, 2));
  });

  it('leaves the vectors as they are', () => {
    const vectors = uniform(20, 5);
    new Vq({ codes: SQUARE, dimension: 2 }).quantize(vectors);
    expect(vectors).toEqual(uniform(20, 5));
  });

  it.each(synchronousBackends)('chooses a code none is nearer than, on $name', ({ create }) => {
    const kernels = create();
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer(), (count, seed) => {
        const codes = integers(count * 3, 4, seed);
        const vq = new Vq({ codes, dimension: 3, kernels });
        const vectors = integers(15, 6, seed + 1);
        const decoded = vq.dequantize(vq.quantize(vectors));
        const squared = (row: number, from: Float32Array, at: number) =>
          [0, 1, 2].reduce((sum, j) => sum + (vectors[row * 3 + j] - from[at * 3 + j]) ** 2, 0);
        for (let row = 0; row < 5; row++) {
          const chosen = squared(row, decoded, row);
          for (let other = 0; other < count; other++) {
            expect(squared(row, codes, other)).toBeGreaterThanOrEqual(chosen);
          }
        }
        vq.dispose();
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    { codes: new Float32Array(0) },
    { codes: new Float32Array(3) },
    { codes: Float32Array.of(0, Number.NaN) },
    { codes: Float32Array.of(0, 1e16) },
    { codes: [0, Number.NaN] as never },
    { dimension: 0 },
    { dimension: 1.5 },
    { variant: 'nearest' as never },
    { decoded: 'unit' as const },
    { variant: 'vq-cosine' as const, codes: Float32Array.of(1, 1, 0, 0) },
  ])('refuses %j', (bad) => {
    expect(() => new Vq({ codes: SQUARE, dimension: 2, ...bad })).toThrow(code('INVALID_ARGUMENT'));
  });

  it('refuses doubles beyond single precision', () => {
    const vq = new Vq({ codes: SQUARE, dimension: 2 });
    expect(() => vq.quantize(Float64Array.of(0, 1e300))).toThrow(code('INVALID_ARGUMENT'));
  });
});

describe('Vq.fromJSON', () => {
  const vq = new Vq({ codes: SQUARE, dimension: 2 });

  it('stores sizes and a fingerprint in the configuration, codes beside it', () => {
    expect(vq.toJSON()).toEqual({
      type: 'vq',
      count: 4,
      dimension: 2,
      decoded: 'as-given',
      fingerprint: '0a6459a3c3849dd4',
    });
    expect(vq.tensors()).toEqual({ codes: { shape: [4, 2], values: SQUARE } });
  });

  it('notices other codes than those it was stored with', () => {
    const values = SQUARE.slice().fill(1, 7);
    expect(() => Vq.fromJSON(vq.toJSON(), { codes: { shape: [4, 2], values } })).toThrow(
      code('VOCABULARY_MISMATCH'),
    );
  });

  it.each([
    [{}],
    [{ codes: { shape: [2, 4], values: SQUARE } }],
    [{ codes: { shape: [4, 2], values: SQUARE.subarray(1) } }],
    [{ codes: { shape: [4, 2], values: Array.from(SQUARE) as never } }],
    [{ codes: { shape: [4, 2], values: SQUARE }, more: { shape: [0], values: new Float32Array(0) } }],
  ])('refuses tensors %j', (tensors) => {
    expect(() => Vq.fromJSON(vq.toJSON(), tensors as never)).toThrow(code('INVALID_FORMAT'));
  });
});
