import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReferenceKernels, createWasmKernels } from '../../kernels/index.js';
import { uniform } from '../../kernels/random-values.fixture.js';
import { laterKernels } from '../later-kernels.fixture.js';
import { fitKmeans, type KmeansOptions } from './fit-kmeans.js';
import { fitVq } from './fit-vq.js';
import type { KmeansProgress } from './lloyd.js';

/** Two heaps of two rows each. */
const HEAPS = Float32Array.of(0, 0, 0, 2, 10, 0, 10, 4);
const code = (name: string) => expect.objectContaining({ name: 'PolytokError', code: name });

/** Rows cut into batches, which can be read again and again. */
function streamOf(rows: Float32Array, batch: number): AsyncIterable<Float32Array> {
  return {
    async *[Symbol.asyncIterator]() {
      for (let at = 0; at < rows.length; at += batch) yield rows.subarray(at, at + batch);
    },
  };
}

describe('fitKmeans', () => {
  it('moves codes to the means of their rows until they stay', async () => {
    const init = Float32Array.of(1, 0, 9, 0);
    expect(await fitKmeans(HEAPS, { dimension: 2, count: 2, init })).toEqual({
      codes: Float32Array.of(0, 1, 10, 2),
      inertia: 2 + 8,
      iterations: 2,
      counts: Uint32Array.of(2, 2),
    });
    expect(init).toEqual(Float32Array.of(1, 0, 9, 0));
  });

  it('stops after the given number of moves, with inertia and counts of the codes it returns', async () => {
    const init = Float32Array.of(1, 0, 9, 0);
    const once = await fitKmeans(HEAPS, { dimension: 2, count: 2, init, iterations: 1 });
    expect(once).toMatchObject({ inertia: 10, iterations: 1 });
    const never = await fitKmeans(HEAPS, { dimension: 2, count: 2, init, iterations: 0 });
    expect(never).toMatchObject({ codes: init, inertia: 1 + 5 + 1 + 17, iterations: 0 });
  });

  it('finds directions under cosine, whatever the lengths, and leaves zero rows out', async () => {
    const rows = Float32Array.of(100, 0, 0, 0, 1, 0, 0, 0.1, 0, 50);
    const options = { dimension: 2, count: 2, metric: 'cosine' } as const;
    const { codes, counts, inertia } = await fitKmeans(rows, { ...options, init: 'k-means++' });
    expect([...codes].sort()).toEqual([0, 0, 1, 1]);
    expect(counts).toEqual(Uint32Array.of(2, 2));
    expect(inertia).toBe(0);
  });

  it('starts from distinct rows, and repeats some where there are too few', async () => {
    const numbers = Float32Array.of(1, 2, 3, 4, 5);
    const options = { dimension: 1, iterations: 0 };
    const { codes } = await fitKmeans(numbers, { ...options, count: 5, seed: 7 });
    expect(codes.sort()).toEqual(numbers);
    const more = await fitKmeans(numbers, { ...options, count: 8 });
    expect(new Set(more.codes)).toEqual(new Set(numbers));
    expect(more.counts.filter((count) => count === 0)).toHaveLength(3);
  });

  it('takes every row about as often as any other', async () => {
    const times = new Float64Array(10);
    for (let seed = 0; seed < 2000; seed++) {
      const rows = Float32Array.from({ length: 10 }, (_, i) => i);
      const { codes } = await fitKmeans(rows, { dimension: 1, count: 3, iterations: 0, seed });
      for (const row of codes) times[row]++;
    }
    // Mean 600, standard deviation 20.5.
    expect(Math.min(...times)).toBeGreaterThan(520);
    expect(Math.max(...times)).toBeLessThan(680);
  });

  it('starts far apart with k-means++', async () => {
    // Three far heaps of 100 equal rows: random rows miss one more often than not.
    const rows = Float32Array.from({ length: 300 }, (_, i) => 1000 * (i % 3));
    for (let seed = 0; seed < 20; seed++) {
      const options = { dimension: 1, count: 3, init: 'k-means++', iterations: 0, seed } as const;
      expect((await fitKmeans(rows, options)).inertia).toBe(0);
    }
  });

  it('leaves empty codes where they are, or moves them to the farthest rows', async () => {
    const init = Float32Array.of(5, 1, 100, 100, 100, 100);
    const options: KmeansOptions = { dimension: 2, count: 3, init, iterations: 1 };
    const kept = await fitKmeans(HEAPS, options);
    expect(kept.codes.subarray(2)).toEqual(init.subarray(2));
    const moved = await fitKmeans(HEAPS, { ...options, empty: 'reseed' });
    expect(moved.codes).toEqual(Float32Array.of(5, 1.5, 10, 4, 0, 0));
    const settled = await fitKmeans(HEAPS, { ...options, empty: 'reseed', iterations: 25 });
    expect(settled.counts.every((count) => count > 0)).toBe(true);
  });

  it('does not move empty codes onto rows that have a code already', async () => {
    const rows = Float32Array.of(1, 1, 1);
    const init = Float32Array.of(1, 9);
    const { codes } = await fitKmeans(rows, { dimension: 1, count: 2, init, empty: 'reseed', tolerance: 0 });
    expect(codes).toEqual(Float32Array.of(1, 9));
  });

  it('gives the same codes for an array, a list and a stream, on kernels that wait and that do not', async () => {
    const rows = uniform(500 * 3, 1);
    const options: KmeansOptions = { dimension: 3, count: 20, seed: 5, empty: 'reseed' };
    const expected = await fitKmeans(rows, options);
    const list = [rows.subarray(0, 90), rows.subarray(0, 0), Float64Array.from(rows.subarray(90))];
    expect((await fitKmeans(list, options)).codes).toEqual(expected.codes);
    expect((await fitKmeans(streamOf(rows, 33), options)).codes).toEqual(expected.codes);
    expect((await fitKmeans(rows, { ...options, kernels: laterKernels() })).codes).toEqual(expected.codes);
    const other = await fitKmeans(rows, { ...options, kernels: createReferenceKernels() });
    expect(other.inertia).toBeCloseTo(expected.inertia, 3);
  });

  it('never lets the inertia rise', async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 30 }),
      fc.constantFrom('euclidean' as const, 'cosine' as const),
      fc.constantFrom('keep' as const, 'reseed' as const),
      fc.constantFrom('random' as const, 'k-means++' as const),
      fc.integer(),
      async (count, metric, empty, init, seed) => {
        const seen: number[] = [];
        const { codes, counts, inertia } = await fitKmeans(uniform(120, seed), {
          ...{ dimension: 2, count, metric, empty, init, seed, tolerance: 0 },
          onProgress: (progress) => seen.push(progress.inertia),
        });
        expect(seen.every((value, i) => i === 0 || value <= seen[i - 1] + 1e-6)).toBe(true);
        expect(inertia).toBe(seen[seen.length - 1]);
        expect(codes.every(Number.isFinite)).toBe(true);
        expect(counts.reduce((sum, n) => sum + n)).toBe(60);
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  it('tells what every pass found', async () => {
    const passes: KmeansProgress[] = [];
    const init = Float32Array.of(1, 0, 9, 0, 50, 50);
    const onProgress = (progress: KmeansProgress) => passes.push(progress);
    await fitKmeans(HEAPS, { dimension: 2, count: 3, init, onProgress });
    expect(passes).toEqual([
      { iteration: 0, inertia: 24, emptyCodes: 1 },
      { iteration: 1, inertia: 10, emptyCodes: 1 },
      { iteration: 2, inertia: 10, emptyCodes: 1 },
    ]);
  });

  it('stops when aborted, and gives memory back', async () => {
    const kernels = createWasmKernels();
    const abort = new AbortController();
    const fitting = fitKmeans(uniform(200, 1), {
      ...{ dimension: 2, count: 4, kernels, signal: abort.signal, tolerance: 0 },
      onProgress: ({ iteration }) => iteration === 1 && abort.abort(),
    });
    await expect(fitting).rejects.toThrow(code('ABORTED'));
    await expect(fitKmeans(HEAPS, { dimension: 2, count: 1, kernels, signal: abort.signal })).rejects.toThrow(
      code('ABORTED'),
    );
    expect(kernels.bytesHeld).toBe(0);
  });

  it('refuses vectors that can be read only once, and lets a stream that failed close', async () => {
    const options = { dimension: 2, count: 1 };
    let closed = false;
    async function* once() {
      try {
        yield HEAPS;
        yield Float32Array.of(0, Number.NaN);
      } finally {
        closed = true;
      }
    }
    await expect(fitKmeans(once(), options)).rejects.toThrow(code('INVALID_ARGUMENT'));
    const again = { [Symbol.asyncIterator]: once };
    await expect(fitKmeans(again, options)).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: expect.objectContaining({ row: 0 }) }),
    );
    expect(closed).toBe(true);
  });

  it('refuses a stream that gives other rows in a later pass', async () => {
    let pass = 0;
    const shrinking = {
      *[Symbol.iterator]() {
        yield HEAPS.subarray(0, pass++ === 0 ? 8 : 4);
      },
    };
    await expect(fitKmeans(shrinking, { dimension: 2, count: 1 })).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: { before: 4, now: 2 } }),
    );
  });

  it.each([
    [HEAPS, { dimension: 0 }],
    [HEAPS, { dimension: 3 }],
    [HEAPS, { count: 0 }],
    [HEAPS, { metric: 'dot' as never }],
    [HEAPS, { init: 'first' as never }],
    [HEAPS, { init: new Float32Array(3) }],
    [HEAPS, { init: Float32Array.of(0, 0, 1, Number.NaN) }],
    [HEAPS, { init: Float32Array.of(0, 0, 1, 1), metric: 'cosine' as const }],
    [HEAPS, { initRows: 1 }],
    [HEAPS, { iterations: -1 }],
    [HEAPS, { tolerance: 1 }],
    [HEAPS, { tolerance: Number.NaN }],
    [HEAPS, { empty: 'drop' as never }],
    [HEAPS, { seed: 0.5 }],
    [new Float32Array(0), {}],
    [[], {}],
    [new Float32Array(4), { metric: 'cosine' as const }],
    [Float64Array.of(1, 1e300), {}],
    [[1, 2] as never, {}],
    [7 as never, {}],
    [null as never, {}],
  ])('refuses %j with %j', async (vectors, bad) => {
    await expect(fitKmeans(vectors, { dimension: 2, count: 2, ...bad })).rejects.toThrow(
      code('INVALID_ARGUMENT'),
    );
  });

  it('refuses codebooks beyond its limit before it allocates', async () => {
    await expect(fitKmeans(HEAPS, { dimension: 2, count: 1e15 })).rejects.toThrow(code('LIMIT_EXCEEDED'));
  });
});

describe('fitVq', () => {
  it('quantizes to the codes of k-means', async () => {
    const vq = await fitVq(HEAPS, { dimension: 2, count: 2, init: 'k-means++' });
    const ids = vq.quantize(HEAPS);
    expect(Array.from(vq.dequantize(ids))).toEqual([0, 1, 0, 1, 10, 2, 10, 2]);
  });

  it('fits directions for the cosine variant', async () => {
    const vq = await fitVq(HEAPS.subarray(2), { variant: 'vq-cosine', dimension: 2, count: 1 });
    expect(vq.type).toBe('vq-cosine');
    expect(vq.tensors().codes.values.reduce((sum, value) => sum + value ** 2, 0)).toBeCloseTo(1, 6);
  });
});
