import { describe, expect, it } from 'vitest';
import { type AnyKernels, backends, failureOf, integers, nearestIds, uniform } from './backends.fixture.js';
import { createReferenceKernels } from './index.js';

describe.each(backends)('residualNearest, $name', async ({ create }) => {
  const kernels = await create();
  const stage = (codes: Float32Array, dimensions: number) =>
    kernels.prepareCodebook(codes, { dimensions, metric: 'euclidean' });

  it('quantizes what the stages before left over', async () => {
    const stages = [stage(Float32Array.of(0, 10, 20), 1), stage(Float32Array.of(-2, 0, 2), 1)];
    const ids = new Uint32Array(6);
    const residuals = new Float32Array(3);
    await kernels.residualNearest(stages, Float32Array.of(11.5, -1.5, 19.25), ids, residuals);
    expect([...ids]).toEqual([1, 2, 0, 0, 2, 1]);
    expect([...residuals]).toEqual([-0.5, 0.5, -0.75]);
  });

  it('equals one call of nearest per stage, also over several blocks of rows', async () => {
    const dimensions = 130;
    const rows = 1100;
    const stages = [9, 4, 17].map((count, seed) => stage(uniform(count * dimensions, seed), dimensions));
    const vectors = uniform(rows * dimensions, 9);
    const residuals = vectors.slice();
    const ids = new Uint32Array(rows * 3);
    await kernels.residualNearest(stages, residuals, ids, residuals);
    const left = vectors.slice();
    const expected = new Uint32Array(rows * 3);
    for (const [index, codebook] of stages.entries()) {
      const codes = uniform(codebook.count * dimensions, index);
      (await nearestIds(kernels, codebook, left)).forEach((id, row) => {
        expected[row * 3 + index] = id;
        for (let j = 0; j < dimensions; j++) left[row * dimensions + j] -= codes[id * dimensions + j];
      });
    }
    expect(ids).toEqual(expected);
    expect(residuals).toEqual(left);
  });

  it('gives the ids of float64 where scores are exact', async () => {
    const reference = createReferenceKernels();
    const vectors = integers(90 * 3, 9, 10);
    const codes = [integers(33 * 3, 7, 11), integers(20 * 3, 3, 12)];
    const options = { dimensions: 3, metric: 'euclidean' } as const;
    const idsOf = async (of: AnyKernels) => {
      const ids = new Uint32Array(180);
      await of.residualNearest(
        codes.map((values) => of.prepareCodebook(values, options)),
        vectors,
        ids,
      );
      return ids;
    };
    expect(await idsOf(kernels)).toEqual(await idsOf(reference));
  });

  it('refuses no stages, other metrics and other dimensions', async () => {
    const euclidean = stage(new Float32Array(4), 2);
    const cosine = kernels.prepareCodebook(new Float32Array(4), { dimensions: 2, metric: 'cosine' });
    const wide = stage(new Float32Array(3), 3);
    const refused = (stages: (typeof wide)[]) =>
      failureOf(() => kernels.residualNearest(stages, new Float32Array(2), new Uint32Array(stages.length)));
    const code = 'INVALID_ARGUMENT';
    expect(await refused([])).toEqual(expect.objectContaining({ code }));
    expect(await refused([euclidean, cosine])).toEqual(
      expect.objectContaining({ code, details: expect.objectContaining({ stage: 1, metric: 'cosine' }) }),
    );
    expect(await refused([euclidean, wide])).toEqual(
      expect.objectContaining({ code, details: expect.objectContaining({ stage: 1, dimensions: 3 }) }),
    );
  });
});
