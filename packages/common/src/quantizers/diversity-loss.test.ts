import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uniform } from '../kernels/random-values.fixture.js';
import { diversityLoss } from './diversity-loss.js';
import { largestDifference } from './goldens.fixture.js';
import { torchGoldens } from './torch-goldens.fixture.js';
import { unitRows } from './unit-rows.js';
import { VQ_VARIANTS } from './vq.js';

/** What single precision leaves of the peer's numbers, relative to the largest. */
const SINGLE = 5e-5;

const largest = (values: readonly number[]) => Math.max(...values.map(Math.abs));

describe('diversityLoss', () => {
  it.each(torchGoldens.diversity)(
    'is that of vector-quantize-pytorch: $variant, temperature $temperature',
    ({ vectors, codes, loss, vectors_gradient, codes_gradient, ...options }) => {
      const own = diversityLoss({
        ...options,
        vectors: Float32Array.from(vectors),
        codes: Float32Array.from(codes),
        dimension: 3,
      });
      expect(Math.abs(own.loss - loss)).toBeLessThan(SINGLE);
      if (vectors_gradient === undefined || codes_gradient === undefined) return;
      expect(largestDifference(own.vectorGradient, vectors_gradient)).toBeLessThan(
        SINGLE * largest(vectors_gradient),
      );
      expect(largestDifference(own.codeGradient, codes_gradient)).toBeLessThan(
        SINGLE * largest(codes_gradient),
      );
    },
  );

  it('is -ln(count) where codes are used alike, and 0 where one code is', () => {
    const codes = Float32Array.of(0, 10);
    const options = { codes, dimension: 1 };
    expect(diversityLoss({ ...options, vectors: Float32Array.of(0, 10) }).loss).toBeCloseTo(-Math.log(2), 12);
    expect(diversityLoss({ ...options, vectors: Float32Array.of(5, 5) }).loss).toBeCloseTo(-Math.log(2), 12);
    expect(diversityLoss({ ...options, vectors: Float32Array.of(1, -3) }).loss).toBeCloseTo(0, 12);
  });

  it('asks every position for diversity of its own', () => {
    // At each position both items choose the same code.
    const options = { codes: Float32Array.of(0, 10), dimension: 1, vectors: Float32Array.of(0, 10, 0, 10) };
    expect(diversityLoss({ ...options, positions: 2 }).loss).toBeCloseTo(0, 12);
    expect(diversityLoss(options).loss).toBeCloseTo(-Math.log(2), 12);
  });

  it.each(VQ_VARIANTS)('has the gradients that differences have, %s', (variant) => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(11), (seed, at) => {
        const cosine = variant === 'vq-cosine';
        const rows = (values: Float32Array) => (cosine ? Float32Array.from(unitRows(values, 3)) : values);
        // Apart from the vectors, as a distance of 0 has no slope.
        const codes = uniform(15, seed + 1).map((value) => value + 2.2);
        const given = { vectors: rows(uniform(12, seed)), codes: rows(codes) };
        const options = { dimension: 3, variant, positions: 2, temperature: 3 } as const;
        const { vectorGradient, codeGradient } = diversityLoss({ ...given, ...options });
        const slope = (name: 'vectors' | 'codes') => {
          const [up, down] = [given[name].slice(), given[name].slice()];
          up[at] += 2 ** -10;
          down[at] -= 2 ** -10;
          const lossOf = (moved: Float32Array) => diversityLoss({ ...given, ...options, [name]: moved }).loss;
          return (lossOf(up) - lossOf(down)) / (up[at] - down[at]);
        };
        expect(vectorGradient[at]).toBeCloseTo(slope('vectors'), 3);
        expect(codeGradient[at]).toBeCloseTo(slope('codes'), 3);
      }),
      { numRuns: 50 },
    );
  });

  it('gives finite numbers where rows are codes, and for the largest values', () => {
    const codes = Float32Array.of(0, 0, 1e15, -1e15);
    const { loss, vectorGradient, codeGradient } = diversityLoss({ vectors: codes, codes, dimension: 2 });
    expect(loss).toBeCloseTo(-Math.log(2), 12);
    expect([...vectorGradient, ...codeGradient].every((value) => Math.abs(value) === 0)).toBe(true);
  });

  it.each([
    { vectors: new Float32Array(0) },
    { vectors: Float32Array.of(1, 2, 3) },
    { vectors: Float64Array.of(1e16, 0) },
    { codes: new Float32Array(0) },
    { positions: 2 },
    { positions: 0 },
    { temperature: 0 },
    { variant: 'dot' as 'vq' },
  ])('refuses %o', (wrong) => {
    const right = { vectors: Float32Array.of(1, 2), codes: Float32Array.of(1, 2), dimension: 2 };
    expect(() => diversityLoss({ ...right, ...wrong })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});
