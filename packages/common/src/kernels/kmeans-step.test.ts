import { describe, expect, it } from 'vitest';
import { backends, failureOf, nearestIds, uniform } from './backends.fixture.js';

describe.each(backends)('kmeansStep, $name', async ({ create }) => {
  const kernels = await create();
  const totals = (count: number, dimensions: number) => ({
    sums: new Float64Array(count * dimensions),
    counts: new Uint32Array(count),
  });

  it('adds every row to its nearest centre and returns the sum of squared distances', async () => {
    const codebook = kernels.prepareCodebook(Float32Array.of(0, 10, 50), {
      dimensions: 1,
      metric: 'euclidean',
    });
    const into = { ...totals(3, 1), ids: new Uint32Array(4) };
    expect(await kernels.kmeansStep(codebook, Float32Array.of(1, 8, 12, -2), into)).toBe(1 + 4 + 4 + 4);
    expect([...into.sums]).toEqual([-1, 20, 0]);
    expect([...into.counts]).toEqual([2, 2, 0]);
    expect([...into.ids]).toEqual([0, 1, 1, 0]);
  });

  it('sums unit vectors under cosine, zero vectors as they are', async () => {
    const codebook = kernels.prepareCodebook(Float32Array.of(2, 0, 0, 5), {
      dimensions: 2,
      metric: 'cosine',
    });
    const into = totals(2, 2);
    const inertia = await kernels.kmeansStep(codebook, Float32Array.of(7, 0, 3, 4, 0, 0), into);
    expect(inertia).toBeCloseTo(0 + 0.2 + 1, 12);
    expect([...into.sums]).toEqual([1, 0, expect.closeTo(0.6, 12), expect.closeTo(0.8, 12)]);
    expect([...into.counts]).toEqual([2, 1]);
  });

  it('goes on adding, so that batches make the same step as all rows at once', async () => {
    const codebook = kernels.prepareCodebook(uniform(13 * 5, 1), { dimensions: 5, metric: 'euclidean' });
    const vectors = uniform(60 * 5, 2);
    const whole = totals(13, 5);
    const batched = totals(13, 5);
    await kernels.kmeansStep(codebook, vectors, whole);
    for (let from = 0; from < vectors.length; from += 35) {
      await kernels.kmeansStep(codebook, vectors.subarray(from, from + 35), batched);
    }
    expect(batched).toEqual(whole);
    expect(whole.counts.reduce((sum, count) => sum + count)).toBe(60);
  });

  it('lowers the inertia from step to step until nothing moves', async () => {
    const vectors = uniform(200 * 2, 3);
    let centres = vectors.slice(0, 8 * 2);
    let before = Number.POSITIVE_INFINITY;
    for (let step = 0; step < 12; step++) {
      const codebook = kernels.prepareCodebook(centres, { dimensions: 2, metric: 'euclidean' });
      const { sums, counts } = totals(8, 2);
      const inertia = await kernels.kmeansStep(codebook, vectors, { sums, counts });
      expect(inertia).toBeLessThanOrEqual(before * (1 + 1e-6));
      expect(Math.max(...(await nearestIds(kernels, codebook, vectors)))).toBe(7);
      before = inertia;
      centres = Float32Array.from(sums, (sum, at) => sum / counts[at >> 1]);
      codebook.dispose();
    }
    expect(before).toBeLessThan(30);
  });

  it('refuses dot, and totals of another size', async () => {
    const dot = kernels.prepareCodebook(Float32Array.of(1), { dimensions: 1, metric: 'dot' });
    const euclidean = kernels.prepareCodebook(Float32Array.of(1), { dimensions: 1, metric: 'euclidean' });
    const rows = Float32Array.of(1);
    const refusal = (details: object) =>
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: expect.objectContaining(details) });
    expect(await failureOf(() => kernels.kmeansStep(dot, rows, totals(1, 1)))).toEqual(
      refusal({ metric: 'dot' }),
    );
    expect(await failureOf(() => kernels.kmeansStep(euclidean, rows, totals(2, 1)))).toEqual(
      refusal({ name: 'sums' }),
    );
  });
});
