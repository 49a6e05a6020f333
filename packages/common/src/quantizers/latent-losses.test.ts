import { describe, expect, it } from 'vitest';
import { latentLosses, latentValuesGradient } from './latent-losses.js';
import { LatentQuantizer } from './latent-quantizer.js';

const quantizer = new LatentQuantizer({
  values: [
    [-1, 0, 1],
    [0, 2],
  ],
});
/** Nearest: −1 and 0, 0 and 2, 1 and 2. */
const vectors = Float64Array.of(-2, 0.5, 0.25, 3, 1, 1.5);

describe('latentLosses', () => {
  it('is the mean squared distance, weighted twice', () => {
    // (1 + 0.25 + 0.0625 + 1 + 0 + 0.25) / 6
    const squared = 2.5625 / 6;
    const losses = latentLosses({ quantizer, vectors });
    expect(losses.quantization).toBeCloseTo(squared, 12);
    expect(losses.commitment).toBe(losses.quantization);
    expect(losses.total).toBeCloseTo(0.2 * squared, 12);
    const weighted = latentLosses({ quantizer, vectors, quantizationWeight: 1, commitmentWeight: 0.5 });
    expect(weighted.total).toBeCloseTo(1.5 * squared, 12);
  });

  it('leaves masked rows out', () => {
    expect(latentLosses({ quantizer, vectors, mask: [0, 0, 1] }).quantization).toBe(0.125);
  });

  it('is undefined without rows', () => {
    expect(() => latentLosses({ quantizer, vectors, mask: [0, 0, 0] })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

describe('latentValuesGradient', () => {
  it('is the slope of the commitment loss', () => {
    const gradient = latentValuesGradient({ quantizer, vectors, commitmentWeight: 1 });
    const step = 1e-6;
    for (const [j, list] of quantizer.values.entries()) {
      for (const v of list.keys()) {
        const lossAt = (offset: number) => {
          const values = quantizer.values;
          values[j][v] += offset;
          return latentLosses({ quantizer: new LatentQuantizer({ values }), vectors }).commitment;
        };
        expect(gradient[j][v]).toBeCloseTo((lossAt(step) - lossAt(-step)) / (2 * step), 6);
      }
    }
    // Value −1 was chosen once, for −2: 2/6·(−1 − −2).
    expect(gradient[0][0]).toBeCloseTo(1 / 3, 12);
  });

  it('counts only rows of the mask', () => {
    const gradient = latentValuesGradient({ quantizer, vectors, mask: [1, 0, 0], commitmentWeight: 1 });
    expect(gradient.map((values) => Array.from(values))).toEqual([
      [1, 0, 0],
      [-0.5, 0],
    ]);
  });
});
