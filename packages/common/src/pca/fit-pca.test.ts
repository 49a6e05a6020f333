import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integers, uniform } from '../kernels/random-values.fixture.js';
import { fitPca } from './fit-pca.js';
import { PROJECTION_VARIANTS, type ProjectionVariant } from './projection.js';

interface Goldens {
  readonly dimension: number;
  readonly rows: readonly number[];
  readonly mean: readonly number[];
  readonly variances: readonly number[];
  readonly components: readonly (readonly number[])[];
  readonly shares: readonly number[];
  readonly kept: number;
  readonly projected: Readonly<Record<ProjectionVariant, readonly number[]>>;
}

const goldens: Goldens = JSON.parse(readFileSync(new URL('../../goldens/pca.json', import.meta.url), 'utf8'));
const rows = Float32Array.from(goldens.rows);
const { dimension } = goldens;

const near = (expected: readonly number[], digits: number) =>
  expected.map((value) => expect.closeTo(value, digits));
const refusal = (code: string, details: object = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });

/** Sample covariance of `(rows, width)`. */
function covarianceOf(values: ArrayLike<number>, width: number): number[] {
  const count = values.length / width;
  const column = (j: number) => Array.from({ length: count }, (_, row) => values[row * width + j]);
  const centred = Array.from({ length: width }, (_, j) => {
    const mean = column(j).reduce((sum, value) => sum + value, 0) / count;
    return column(j).map((value) => value - mean);
  });
  return centred.flatMap((a) =>
    centred.map((b) => a.reduce((sum, value, at) => sum + value * b[at], 0) / (count - 1)),
  );
}

describe('principal components', () => {
  it('are those of numpy, the greatest variance first and the greatest value positive', async () => {
    const fitted = await fitPca(rows, { dimension });
    expect([...fitted.mean]).toEqual(near(goldens.mean, 9));
    expect([...fitted.variances]).toEqual(near(goldens.variances, 8));
    expect([...fitted.components]).toEqual(near(goldens.components.flat(), 8));
    expect(fitted.share).toBe(1);
  });

  it.each(PROJECTION_VARIANTS)('project and whiten as numpy does: %s', async (variant) => {
    const fitted = await fitPca(rows, { dimension, variant, components: goldens.kept });
    expect(fitted.outputDimension).toBe(variant === 'zca' ? 5 : 3);
    expect([...fitted.apply(rows)]).toEqual(near(goldens.projected[variant], 4));
    expect(fitted.share).toBeCloseTo(goldens.shares[goldens.kept - 1], 9);
  });

  it('are as many as a share of the variance takes', async () => {
    for (let count = 1; count < dimension; count++) {
      const share = goldens.shares[count - 1];
      expect((await fitPca(rows, { dimension, share: share - 1e-6 })).outputDimension).toBe(count);
      expect((await fitPca(rows, { dimension, share: share + 1e-6 })).outputDimension).toBe(count + 1);
    }
    expect((await fitPca(rows, { dimension, share: 1 })).outputDimension).toBe(dimension);
  });

  it('are the same from a stream, in any batches', async () => {
    const whole = await fitPca(rows, { dimension });
    async function* stream() {
      for (let from = 0; from < rows.length; from += 7 * dimension) {
        yield Float64Array.from(rows.subarray(from, from + 7 * dimension));
      }
    }
    const progress: number[] = [];
    const streamed = await fitPca(stream(), { dimension, onProgress: (step) => progress.push(step.rows) });
    expect([...streamed.mean]).toEqual(near([...whole.mean], 12));
    expect([...streamed.components]).toEqual(near([...whole.components], 10));
    expect(progress).toEqual([7, 14, 21, 28, 35, 40]);
  });

  it('lose no digits to a mean far from zero', async () => {
    const deviations = integers(300 * 4, 8, 1);
    const far = deviations.map((value) => value + 2 ** 20);
    const [near0, moved] = await Promise.all(
      [deviations, far].map((values) => fitPca(values, { dimension: 4 })),
    );
    expect([...moved.variances]).toEqual(near([...near0.variances], 8));
  });

  it('have orthonormal rows, whiten to the identity and turn back, for any rows', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(1000),
        fc.constantFrom(...PROJECTION_VARIANTS),
        async (width, extra, seed, variant) => {
          const values = uniform((width + 3 + extra) * width, seed);
          const fitted = await fitPca(values, { dimension: width, variant });
          const { components } = fitted;
          const count = fitted.variances.length;
          expect(count).toBe(width);
          for (let i = 0; i < count; i++) {
            for (let j = 0; j < count; j++) {
              let product = 0;
              for (let k = 0; k < width; k++)
                product += components[i * width + k] * components[j * width + k];
              expect(product).toBeCloseTo(i === j ? 1 : 0, 10);
            }
          }
          const applied = fitted.apply(values);
          expect([...fitted.invert(applied)]).toEqual(near([...values], 4));
          if (variant === 'pca') return;
          const identity = Array.from({ length: width * width }, (_, at) => (at % (width + 1) === 0 ? 1 : 0));
          expect(covarianceOf(applied, width)).toEqual(near(identity, 3));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('rows that do not vary in every direction', () => {
  it.each([
    // x, 7, 2x: one direction.
    ['a constant and a dependent column', Float32Array.of(1, 7, 2, 2, 7, 4, 5, 7, 10), 3, 1],
    ['fewer rows than dimensions', uniform(4 * 6, 3), 6, 3],
  ])('have no components for the others: %s', async (_name, values, width, rank) => {
    const fitted = await fitPca(values, { dimension: width, variant: 'pca-whiten' });
    expect(fitted.outputDimension).toBe(rank);
    expect([...fitted.invert(fitted.apply(values))]).toEqual(near([...values], 4));
    const asked = fitPca(values, { dimension: width, components: rank + 1 });
    await expect(asked).rejects.toEqual(refusal('INVALID_ARGUMENT', { components: rank + 1, rank }));
  });

  it('are refused where they do not vary at all', async () => {
    await expect(fitPca(new Float32Array(0), { dimension: 2 })).rejects.toEqual(
      refusal('INVALID_ARGUMENT', { rows: 0 }),
    );
    await expect(fitPca(Float32Array.of(1, 2), { dimension: 2 })).rejects.toEqual(
      refusal('INVALID_ARGUMENT', { rows: 1 }),
    );
    await expect(fitPca(new Float32Array(30).fill(0.1), { dimension: 3 })).rejects.toEqual(
      refusal('INVALID_ARGUMENT', { rows: 10 }),
    );
  });
});

describe('fitPca refuses', () => {
  it('NaN, and says where', async () => {
    const bad = Float32Array.of(0, 1, 2, Number.NaN);
    await expect(fitPca(bad, { dimension: 2 })).rejects.toEqual(
      refusal('INVALID_ARGUMENT', { row: 1, column: 1 }),
    );
  });

  it.each([
    ['no dimension', { dimension: 0 }, 'INVALID_ARGUMENT'],
    ['too many dimensions', { dimension: 2049 }, 'LIMIT_EXCEEDED'],
    ['another variant', { dimension, variant: 'ica' as 'pca' }, 'INVALID_ARGUMENT'],
    ['no components', { dimension, components: 0 }, 'INVALID_ARGUMENT'],
    ['more components than dimensions', { dimension, components: 6 }, 'INVALID_ARGUMENT'],
    ['a share above 1', { dimension, share: 1.1 }, 'INVALID_ARGUMENT'],
    ['components and a share', { dimension, share: 0.5, components: 1 }, 'INVALID_ARGUMENT'],
    ['an incomplete row', { dimension: 3 }, 'INVALID_ARGUMENT'],
  ])('%s', async (_name, options, code) => {
    await expect(fitPca(rows, options)).rejects.toEqual(refusal(code));
  });

  it('to go on when aborted', async () => {
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    await expect(fitPca(rows, { dimension, onProgress, signal: controller.signal })).rejects.toEqual(
      refusal('ABORTED'),
    );
  });
});
