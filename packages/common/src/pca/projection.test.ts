import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPolytokError } from '../errors.js';
import { uniform } from '../kernels/random-values.fixture.js';
import { laterKernels } from '../quantizers/later-kernels.fixture.js';
import { fitPca } from './fit-pca.js';
import { Projection, type ProjectionOptions } from './projection.js';
import { projectionFromSafetensors, projectionToSafetensors } from './projection-safetensors.js';

/** Swaps two columns: variances 4 and 1 about the mean (10, 20), in directions y and x. */
const swap: ProjectionOptions = {
  mean: Float64Array.of(10, 20),
  components: Float64Array.of(0, 1, 1, 0),
  variances: Float64Array.of(4, 1),
  totalVariance: 5,
};

describe('a projection', () => {
  const row = Float32Array.of(13, 26);

  it.each([
    ['pca', [6, 3]],
    ['pca-whiten', [3, 3]],
    ['zca', [3, 3]],
  ] as const)('applies %s and turns it back', (variant, expected) => {
    const projection = new Projection({ ...swap, variant });
    expect([...projection.apply(row)]).toEqual(expected);
    expect([...projection.invert(Float32Array.from(expected))]).toEqual([13, 26]);
    expect(projection.apply(new Float32Array(0))).toHaveLength(0);
  });

  it('drops components and says what share is kept', () => {
    const first = { ...swap, components: Float64Array.of(0, 1), variances: Float64Array.of(4) };
    const zca = new Projection({ ...first, variant: 'zca' });
    expect([...zca.apply(row)]).toEqual([0, 3]);
    expect([...zca.invert(Float32Array.of(0, 3))]).toEqual([10, 26]);
    expect([...new Projection(first).invert(Float32Array.of(6))]).toEqual([10, 26]);
    expect(zca.share).toBe(0.8);
  });

  it('gives the same on kernels whose work is under way, and after its operands are freed', async () => {
    const projection = new Projection(swap);
    const kernels = laterKernels();
    expect([...(await projection.applyOn(kernels, row))]).toEqual([6, 3]);
    projection.dispose();
    expect([...(await projection.invertOn(kernels, Float32Array.of(6, 3)))]).toEqual([13, 26]);
  });

  it('keeps its own copies', () => {
    const mean = swap.mean.slice();
    const projection = new Projection({ ...swap, mean });
    mean.fill(0);
    projection.components.fill(0);
    expect([...projection.apply(row)]).toEqual([6, 3]);
  });

  it.each([
    ['components of another length', { components: Float64Array.of(0, 2, 1, 0) }],
    ['too few values', { components: Float64Array.of(0, 1) }],
    ['no components', { components: new Float64Array(0), variances: new Float64Array(0) }],
    ['rising variances', { variances: Float64Array.of(1, 4) }],
    ['a variance of 0', { variances: Float64Array.of(4, 0) }],
    ['a NaN', { variances: Float64Array.of(Number.NaN, 1) }],
    ['a mean that is not finite', { mean: Float64Array.of(0, Infinity) }],
    ['a total below the sum', { totalVariance: 4 }],
    ['another variant', { variant: 'ica' as 'pca' }],
  ])('refuses %s', (_name, wrong) => {
    expect(() => new Projection({ ...swap, ...wrong })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

describe('a projection in one file', async () => {
  const vectors = uniform(60, 1);
  const fitted = await fitPca(vectors, { dimension: 3, variant: 'zca', components: 2 });
  const bytes = projectionToSafetensors(fitted);

  it('comes back with the same bits', () => {
    const again = projectionFromSafetensors(bytes);
    expect(again.apply(vectors)).toEqual(fitted.apply(vectors));
    expect(again.share).toBe(fitted.share);
    expect(projectionToSafetensors(again)).toEqual(bytes);
  });

  it('is a projection or a typed error, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: bytes.length }),
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 3 }),
        (length, changes) => {
          const mutated = bytes.slice(0, changes.length > 0 ? bytes.length : length);
          for (const [at, value] of changes) mutated[at] = value;
          try {
            expect(projectionFromSafetensors(mutated).apply(vectors).every(Number.isFinite)).toBe(true);
          } catch (error) {
            expect(isPolytokError(error)).toBe(true);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
