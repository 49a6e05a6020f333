import { describe, expect, it } from 'vitest';
import { createWasmKernels } from '../../kernels/index.js';
import { uniform } from '../../kernels/random-values.fixture.js';
import { largestDifference } from '../goldens.fixture.js';
import { laterKernels } from '../later-kernels.fixture.js';
import { randomRotation } from '../rotation.js';
import { fitKmeans } from './fit-kmeans.js';
import { type FitProductVqOptions, fitProductVq } from './fit-product-vq.js';

const code = (name: string) => expect.objectContaining({ name: 'PolytokError', code: name });
const ROWS = uniform(300 * 4, 1);
const OPTIONS = { dimension: 4, counts: [8, 5], seed: 3 } satisfies FitProductVqOptions;

describe('fitProductVq', () => {
  it('fits k-means to each part', async () => {
    const pq = await fitProductVq(ROWS, OPTIONS);
    for (const [part, count] of OPTIONS.counts.entries()) {
      const columns = ROWS.filter((_, i) => Math.floor((i % 4) / 2) === part);
      const { codes } = await fitKmeans(columns, { dimension: 2, count, seed: 3 + part });
      expect(pq.tensors()[`codes.${part}`].values).toEqual(codes);
    }
  });

  it('gives the same codes for an array and a stream, rotated or not, and on kernels that wait', async () => {
    const stream = [ROWS.subarray(0, 400), ROWS.subarray(400)];
    for (const rotation of ['none', 'random'] as const) {
      const { fingerprint } = await fitProductVq(ROWS, { ...OPTIONS, rotation });
      expect((await fitProductVq(stream, { ...OPTIONS, rotation })).fingerprint).toBe(fingerprint);
      const kernels = laterKernels();
      expect((await fitProductVq(ROWS, { ...OPTIONS, rotation, kernels })).fingerprint).toBe(fingerprint);
      expect(kernels.bytesHeld).toBe(0);
    }
  });

  it('turns rows by a random rotation and back: they return where every row has a code of its own', async () => {
    const rows = ROWS.subarray(0, 80);
    const pq = await fitProductVq(rows, { ...OPTIONS, counts: [20, 20], rotation: 'random' });
    expect(pq.tensors().rotation.values).toEqual(randomRotation({ dimension: 4, seed: 3 }));
    expect(largestDifference(pq.dequantize(pq.quantize(rows)), rows)).toBeLessThan(1e-6);
  });

  it('tells the part of every pass, stops when aborted, and gives memory back', async () => {
    const kernels = createWasmKernels();
    const abort = new AbortController();
    const seen = new Set<number>();
    const fitting = fitProductVq(ROWS, {
      ...{ ...OPTIONS, rotation: 'random', kernels, signal: abort.signal },
      onProgress: ({ part }) => {
        seen.add(part);
        if (part === 1) abort.abort();
      },
    });
    await expect(fitting).rejects.toThrow(code('ABORTED'));
    expect([...seen]).toEqual([0, 1]);
    expect(kernels.bytesHeld).toBe(0);
  });

  it.each([
    { counts: [] },
    { counts: [4, 4, 4] },
    { counts: [4, 0] },
    { rotation: 'opq' as never },
    { dimension: 0 },
  ])('refuses %j', async (bad) => {
    await expect(fitProductVq(ROWS, { ...OPTIONS, ...bad })).rejects.toThrow(code('INVALID_ARGUMENT'));
  });
});
