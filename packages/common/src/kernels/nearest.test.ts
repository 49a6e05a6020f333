import { describe, expect, it } from 'vitest';
import { backends, integers, nearestIds, uniform, worstChoice } from './backends.fixture.js';
import type { Metric } from './contract.js';
import { congruential, goldens } from './goldens.fixture.js';
import { createReferenceKernels } from './index.js';

const METRICS: readonly Metric[] = ['euclidean', 'cosine', 'dot'];

describe.each(backends)('nearest, $name', async ({ name, create }) => {
  const kernels = await create();

  it('runs the arithmetic that it is named for', () => {
    // Threads change nothing about it.
    expect(kernels.name).toBe(name.replace(/ on . threads$/, ''));
  });

  it.each(METRICS)('finds the golden ids, %s', async (metric) => {
    const next = congruential(7);
    const vectors = Float32Array.from({ length: 16 * 4 }, next);
    const codes = Float32Array.from({ length: 32 * 4 }, next);
    expect([...vectors.subarray(0, 4)]).toEqual(
      goldens.vq_nearest.first_values.map((v) => expect.closeTo(v, 6)),
    );
    const codebook = kernels.prepareCodebook(codes, { dimensions: 4, metric });
    expect([...(await nearestIds(kernels, codebook, vectors))]).toEqual(goldens.vq_nearest[`${metric}_ids`]);
  });

  // Sizes beside those of tiles (4 rows, 8 codes) and blocks.
  it.each([
    { rows: 1, count: 1, dimensions: 1 },
    { rows: 3, count: 7, dimensions: 5 },
    { rows: 5, count: 9, dimensions: 1 },
    { rows: 67, count: 1031, dimensions: 8 },
    { rows: 31, count: 530, dimensions: 63 },
    { rows: 6, count: 45, dimensions: 513 },
    { rows: 2, count: 11, dimensions: 70_001 },
  ])(
    'chooses codes that float32 cannot tell from the best: $rows rows, $count codes, $dimensions dimensions',
    async ({ rows, count, dimensions }) => {
      for (const metric of METRICS) {
        const codes = uniform(count * dimensions, 1);
        const vectors = uniform(rows * dimensions, 2);
        const codebook = kernels.prepareCodebook(codes, { dimensions, metric });
        const ids = await nearestIds(kernels, codebook, vectors);
        expect(worstChoice(codes, { dimensions, metric }, vectors, ids)).toBeLessThanOrEqual(1);
        codebook.dispose();
      }
    },
  );

  it('gives the ids of float64 where scores are exact, ties among them', async () => {
    const reference = createReferenceKernels();
    for (const metric of ['euclidean', 'dot'] as const) {
      const options = { dimensions: 3, metric };
      const codes = integers(3 * 203, 2, 3);
      const vectors = integers(3 * 157, 3, 4);
      const expected = await nearestIds(reference, reference.prepareCodebook(codes, options), vectors);
      expect(await nearestIds(kernels, kernels.prepareCodebook(codes, options), vectors)).toEqual(expected);
    }
  });

  it('gives the ids of float64 where scores are exact and all values lie far from zero', async () => {
    const reference = createReferenceKernels();
    const options = { dimensions: 3, metric: 'euclidean' } as const;
    const far = (length: number, seed: number) =>
      integers(length, 3, seed).map((value, at) => value + [100, -50, 20][at % 3]);
    const codes = far(3 * 203, 3);
    const vectors = far(3 * 157, 4);
    const expected = await nearestIds(reference, reference.prepareCodebook(codes, options), vectors);
    expect(await nearestIds(kernels, kernels.prepareCodebook(codes, options), vectors)).toEqual(expected);
  });

  it.each(METRICS)('never chooses the second of two equal codes, %s', async (metric) => {
    const once = uniform(19 * 6, 5);
    const twice = new Float32Array(2 * once.length);
    twice.set(once);
    twice.set(once, once.length);
    const vectors = uniform(80 * 6, 6);
    const ids = await nearestIds(kernels, kernels.prepareCodebook(twice, { dimensions: 6, metric }), vectors);
    expect(Math.max(...ids)).toBeLessThan(19);
    expect(ids).toEqual(
      await nearestIds(kernels, kernels.prepareCodebook(once, { dimensions: 6, metric }), vectors),
    );
  });

  it('gives a tie to the lowest id, wherever in a tile the codes lie', async () => {
    for (let first = 0; first < 20; first++) {
      for (let second = first + 1; second < 20; second++) {
        const codes = new Float32Array(20).fill(9);
        codes[first] = 1;
        codes[second] = -1;
        const codebook = kernels.prepareCodebook(codes, { dimensions: 1, metric: 'euclidean' });
        expect([...(await nearestIds(kernels, codebook, Float32Array.of(0)))]).toEqual([first]);
        codebook.dispose();
      }
    }
  });

  it('scores the chosen code: squared distance, cosine, inner product', async () => {
    const score = async (metric: Metric) => {
      const codebook = kernels.prepareCodebook(Float32Array.of(0, 2, 3, 4), { dimensions: 2, metric });
      const scores = new Float32Array(2);
      await kernels.nearest(codebook, Float32Array.of(3, 5, -1, 2), new Uint32Array(2), scores);
      return [...scores];
    };
    expect(await score('euclidean')).toEqual([1, 1]);
    expect(await score('dot')).toEqual([29, 5]);
    expect(await score('cosine')).toEqual([
      expect.closeTo(29 / (5 * Math.sqrt(34)), 6),
      expect.closeTo(4 / (2 * Math.sqrt(5)), 6),
    ]);
  });

  it('gives zero vectors and zero codes the cosine 0', async () => {
    const codes = Float32Array.of(-1, 0, 0, 0, 0, -1);
    const codebook = kernels.prepareCodebook(codes, { dimensions: 2, metric: 'cosine' });
    const ids = new Uint32Array(2);
    const scores = new Float32Array(2);
    await kernels.nearest(codebook, Float32Array.of(0, 0, 1, 1), ids, scores);
    expect([...ids]).toEqual([0, 1]);
    expect([...scores]).toEqual([0, 0]);
  });

  it('finds the only code, and no ids for no rows', async () => {
    const codebook = kernels.prepareCodebook(Float32Array.of(-1e15, 1e15), { dimensions: 2, metric: 'dot' });
    expect([...(await nearestIds(kernels, codebook, Float32Array.of(1e15, -1e15)))]).toEqual([0]);
    expect(await nearestIds(kernels, codebook, new Float32Array(0))).toHaveLength(0);
  });

  it('searches 2^18 codes', async () => {
    const count = 2 ** 18;
    const codes = Float32Array.from({ length: count }, (_, code) => code);
    const codebook = kernels.prepareCodebook(codes, { dimensions: 1, metric: 'dot' });
    expect([...(await nearestIds(kernels, codebook, Float32Array.of(1, -1)))]).toEqual([count - 1, 0]);
    codebook.dispose();
    const reference = createReferenceKernels();
    const options = { dimensions: 3, metric: 'euclidean' } as const;
    const many = integers(count * 3, 40, 7);
    const vectors = integers(9 * 3, 40, 8);
    const expected = await nearestIds(reference, reference.prepareCodebook(many, options), vectors);
    const prepared = kernels.prepareCodebook(many, options);
    expect(await nearestIds(kernels, prepared, vectors)).toEqual(expected);
    prepared.dispose();
  });

  it('gives the same ids row by row as in one batch', async () => {
    const codebook = kernels.prepareCodebook(uniform(300 * 8, 7), { dimensions: 8, metric: 'euclidean' });
    const vectors = uniform(41 * 8, 8);
    const batch = await nearestIds(kernels, codebook, vectors);
    for (let row = 0; row < 41; row++) {
      const [id] = await nearestIds(kernels, codebook, vectors.slice(row * 8, row * 8 + 8));
      expect(id).toBe(batch[row]);
    }
  });

  it('keeps its own copy of the codes', async () => {
    const codes = Float32Array.of(0, 10);
    const codebook = kernels.prepareCodebook(codes, { dimensions: 1, metric: 'euclidean' });
    codes.fill(7);
    const scores = new Float32Array(1);
    await kernels.nearest(codebook, Float32Array.of(9), new Uint32Array(1), scores);
    expect([...scores]).toEqual([1]);
  });
});
