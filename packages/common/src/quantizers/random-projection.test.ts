import { describe, expect, it } from 'vitest';
import { uniform } from '../kernels/random-values.fixture.js';
import { RandomProjection, type RandomProjectionOptions } from './random-projection.js';
import { torchGoldens } from './torch-goldens.fixture.js';

const code = (name: string) => expect.objectContaining({ name: 'PolytokError', code: name });

describe('RandomProjection', () => {
  it.each(torchGoldens.random_projection)(
    'gives the ids of vector-quantize-pytorch, norm: $norm',
    (golden) => {
      const quantizer = new RandomProjection({
        projections: Float32Array.from(golden.projections),
        codes: Float32Array.from(golden.codes),
        dimension: 6,
        projectedDimension: 3,
        codebooks: 2,
        standardize: golden.norm,
      });
      expect(Array.from(quantizer.quantize(Float64Array.from(golden.vectors)))).toEqual(golden.ids);
    },
  );

  const options: RandomProjectionOptions = {
    // The first of two numbers, the second.
    projections: Float32Array.of(1, 0, 0, 1),
    codes: Float32Array.of(-1, 1, 1, -1),
    dimension: 2,
    projectedDimension: 1,
    codebooks: 2,
  };

  it('gives an id per codebook and decodes to their codes', () => {
    const quantizer = new RandomProjection(options);
    // Standardized: −1 1 and 1 −1.
    const ids = quantizer.quantize(Float32Array.of(5, 7, 0.2, 0.1));
    expect(ids).toEqual(Uint16Array.of(0, 0, 1, 1));
    expect(quantizer.dequantize(ids)).toEqual(Float32Array.of(-1, 1, 1, -1));
    const plain = new RandomProjection({ ...options, standardize: false });
    expect(plain.quantize(Float32Array.of(5, 7, 0.2, 0.1))).toEqual(Uint16Array.of(1, 0, 1, 0));
  });

  it('gives rows without direction, and ties, the lowest id', () => {
    const quantizer = new RandomProjection(options);
    expect(quantizer.quantize(Float32Array.of(3, 3))).toEqual(Uint16Array.of(0, 0));
    const twins = new RandomProjection({ ...options, codes: Float32Array.of(2, 1, 5, 5) });
    expect(twins.quantize(Float32Array.of(9, 1))).toEqual(Uint16Array.of(0, 0));
  });

  it('ignores the level and, but for the smallest rows, the scale of what it standardizes', () => {
    const quantizer = RandomProjection.random({ count: 500, dimension: 40, projectedDimension: 16, seed: 3 });
    const vectors = uniform(4000, 1).map((value) => 10 * value);
    const moved = vectors.map((value) => 16 * value + 64);
    expect(quantizer.quantize(moved)).toEqual(quantizer.quantize(vectors));
  });

  it('gives the same ids however many rows come at once', () => {
    // More rows than a block holds.
    const quantizer = RandomProjection.random({ count: 9, dimension: 80, projectedDimension: 16, seed: 4 });
    const vectors = uniform(80 * 1500, 2);
    const ids = quantizer.quantize(vectors);
    for (const row of [0, 681, 682, 683, 1499]) {
      expect(quantizer.quantize(vectors.subarray(row * 80, (row + 1) * 80))[0]).toBe(ids[row]);
    }
  });

  it('comes from a seed, to the last bit, and uses its codes evenly', () => {
    const shape = { count: 32, dimension: 20, projectedDimension: 8, codebooks: 2 };
    const quantizer = RandomProjection.random({ ...shape, seed: 5 });
    expect(quantizer.fingerprint).toBe('9861cbdee3e0c585');
    expect(RandomProjection.random({ ...shape, seed: 6 }).fingerprint).not.toBe(quantizer.fingerprint);
    expect(new Set(quantizer.quantize(uniform(20 * 2000, 3))).size).toBe(32);
  });

  it.each([
    { dimension: 3 },
    { dimension: 0 },
    { projectedDimension: 0 },
    { codebooks: 3 },
    { codebooks: 0 },
    { projections: new Float32Array(0) },
    { codes: new Float32Array(0) },
    { codes: Float32Array.of(1, 0) },
    { codes: Float32Array.of(1, 2, 3) },
    { codes: Float32Array.of(1, Number.POSITIVE_INFINITY) },
  ])('refuses %j', (bad) => {
    expect(() => new RandomProjection({ ...options, ...bad })).toThrow(code('INVALID_ARGUMENT'));
  });

  it.each([{ count: 0 }, { dimension: 0 }, { projectedDimension: 1.5 }, { codebooks: 0 }])(
    'draws nothing for %j',
    (bad) => {
      const shape = { count: 4, dimension: 2, projectedDimension: 2, seed: 0 };
      expect(() => RandomProjection.random({ ...shape, ...bad })).toThrow(code('INVALID_ARGUMENT'));
    },
  );
});
