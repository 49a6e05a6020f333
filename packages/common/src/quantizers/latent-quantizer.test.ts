import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestDifference } from './goldens.fixture.js';
import { latentLosses } from './latent-losses.js';
import { initialLatentValues, LatentQuantizer, MAX_LATENT_VALUES } from './latent-quantizer.js';
import { torchGoldens } from './torch-goldens.fixture.js';

describe('LatentQuantizer', () => {
  it('takes the nearest value of each dimension, the first dimension fastest', () => {
    const quantizer = new LatentQuantizer({
      values: [
        [-1, 0, 2],
        [0.5, 0.25],
      ],
    });
    expect(quantizer.codebookSizes).toEqual([6]);
    // 2 and 0.25 are values 2 and 1: 2 + 1·3. 0.9 is nearer to 0 than to 2; 9 is beyond 0.5.
    expect(Array.from(quantizer.quantize(Float64Array.of(5, 0.3, 0.9, 9)))).toEqual([5, 1]);
    expect(Array.from(quantizer.dequantize([5, 1]))).toEqual([2, 0.25, 0, 0.5]);
  });

  it('takes the first of equally near values, also where one stands twice', () => {
    const quantizer = new LatentQuantizer({ values: [[2, 0, 2, 0]] });
    expect(Array.from(quantizer.quantize(Float64Array.of(1, 3, -1)))).toEqual([0, 0, 1]);
  });

  it('shares its values between codebooks', () => {
    const quantizer = new LatentQuantizer({ values: initialLatentValues([3, 4]), codebooks: 2 });
    expect(quantizer.dimension).toBe(4);
    expect(Array.from(quantizer.quantize(Float64Array.of(-1, -1, 1, 1)))).toEqual([0, 11]);
    expect(Array.from(quantizer.dequantize([0, 11]))).toEqual([-0.5, -0.5, 0.5, 0.25]);
  });

  it('decodes a number to a value that none is nearer than', () => {
    const number = fc.double({ min: -10, max: 10, noNaN: true });
    fc.assert(
      fc.property(fc.array(number, { minLength: 2, maxLength: 9 }), number, (values, x) => {
        const quantizer = new LatentQuantizer({ values: [values] });
        const row = Float64Array.of(x);
        const [decoded] = quantizer.dequantize(quantizer.quantize(row), new Float64Array(1));
        expect(values).toContain(decoded);
        expect(values.every((value) => Math.abs(x - value) >= Math.abs(x - decoded))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps its values whatever happens to the arrays it was given or gave', () => {
    const values = [[0, 1]];
    const quantizer = new LatentQuantizer({ values });
    values[0][0] = 7;
    quantizer.values[0][0] = 7;
    expect(quantizer.values).toEqual([[0, 1]]);
  });

  it.each([
    ['no dimension', []],
    ['a dimension with one value', [[0, 1], [2]]],
    ['a value that is no number', [[0, Number.NaN]]],
    ['an infinite value', [[0, Number.POSITIVE_INFINITY]]],
    ['too many values', [{ length: MAX_LATENT_VALUES + 1 }]],
    ['numbers in place of lists', [2, 3]],
    ['nothing', undefined],
  ])('refuses %s', (_name, values) => {
    expect(() => new LatentQuantizer({ values: values as never })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });

  it('refuses more than 2^32 ids', () => {
    const values = new Array(3).fill(new Float64Array(MAX_LATENT_VALUES));
    expect(() => new LatentQuantizer({ values })).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });
});

describe('initialLatentValues', () => {
  it('spreads values evenly from −½, with 0 among them', () => {
    expect(initialLatentValues([2, 3, 4, 5])).toEqual([
      [-0.5, 0],
      [-0.5, 0, 0.5],
      [-0.5, -0.25, 0, 0.25],
      [-0.5, -0.25, 0, 0.25, 0.5],
    ]);
  });

  it.each([[[]], [[1]], [[2.5]], [[MAX_LATENT_VALUES + 1]]])('refuses levels %j', (levels) => {
    expect(() => initialLatentValues(levels)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});

describe('as vector-quantize-pytorch', () => {
  const { latent: golden } = torchGoldens;
  const vectors = Float64Array.from(golden.vectors);
  const initial = new LatentQuantizer({ values: initialLatentValues(golden.levels), codebooks: 2 });

  it('gives its ids and loss with the values that training starts from', () => {
    expect(Array.from(initial.quantize(vectors))).toEqual(golden.ids);
    // The peer's weights of 0.1 are single precision.
    expect(latentLosses({ quantizer: initial, vectors }).total).toBeCloseTo(golden.loss, 8);
  });

  it('decodes to its numbers with values that have moved', () => {
    const moved = new LatentQuantizer({ values: golden.moved_values, codebooks: 2 });
    const decoded = moved.dequantize(moved.quantize(vectors), new Float64Array(vectors.length));
    expect(largestDifference(decoded, golden.moved_decoded)).toBeLessThan(1e-9);
  });
});
