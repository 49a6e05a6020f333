/** What happens where a WebAssembly memory is exhausted, which here is one of a few pages. */
import { afterAll, describe, expect, it } from 'vitest';
import { startKernelThread } from '../../node/start-kernel-thread.js';
import type { Kernels } from '../contract.js';
import { createKernels } from '../create-kernels.js';
import { uniform } from '../random-values.fixture.js';
import { SoloCrew } from './crew.js';
import { instantiateKernels, kernelsModule } from './kernels-module.js';
import { MemoryPool } from './memory-pool.js';
import { ThreadCrew } from './thread-crew.js';
import { WasmEngine } from './wasm-engine.js';

const crews: ThreadCrew[] = [];
afterAll(() => Promise.all(crews.map((crew) => crew.dismiss())));

/** Kernels in a memory of so many pages of 64 KiB. */
const memories = {
  'on one thread': async (pages: number) => {
    const pool = new MemoryPool(new WebAssembly.Memory({ initial: 1, maximum: pages }));
    const wasm = instantiateKernels(kernelsModule({ relaxed: false, shared: false }), pool.memory);
    return createKernels(new WasmEngine({ name: 'small', pool, crew: new SoloCrew(wasm) }));
  },
  'on two threads': async (pages: number) => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: pages, shared: true });
    const module = kernelsModule({ relaxed: false, shared: true });
    const wasm = instantiateKernels(module, memory);
    const crew = await ThreadCrew.start(startKernelThread, { threads: 2, module, memory, wasm });
    crews.push(crew);
    return createKernels(new WasmEngine({ name: 'small', pool: new MemoryPool(memory), crew }));
  },
};

const EXHAUSTED = expect.objectContaining({
  code: 'LIMIT_EXCEEDED',
  message: expect.stringContaining('Dispose of operands'),
});

describe.each(Object.entries(memories))('an exhausted memory, %s', (_, create) => {
  const DIMENSIONS = 32;
  const options = { dimensions: DIMENSIONS, metric: 'euclidean' } as const;
  const codes = uniform(600 * DIMENSIONS, 1);
  const vectors = uniform(4000 * DIMENSIONS, 2);
  const idsOf = (kernels: Kernels) => {
    const codebook = kernels.prepareCodebook(codes, options);
    const ids = new Uint32Array(4000);
    kernels.nearest(codebook, vectors, ids);
    codebook.dispose();
    return ids;
  };

  it('refuses every operand and call that it has no room for, leaks nothing, and works on', async () => {
    const expected = idsOf(await create(64));
    const outcomes = { prepare: 0, call: 0, done: 0 };
    for (let pages = 1; pages <= 34; pages += 3) {
      const kernels = await create(pages);
      const small = kernels.prepareCodebook(Float32Array.of(0, 1), { dimensions: 1, metric: 'dot' });
      const before = kernels.bytesHeld;
      let codebook: ReturnType<Kernels['prepareCodebook']> | undefined;
      try {
        codebook = kernels.prepareCodebook(codes, options);
        const held = kernels.bytesHeld;
        const ids = new Uint32Array(4000);
        const totals = { sums: new Float64Array(codes.length), counts: new Uint32Array(600) };
        const calls = [
          () => kernels.nearest(codebook!, vectors, ids),
          () => kernels.residualNearest([codebook!, codebook!], vectors, new Uint32Array(8000)),
          () => kernels.kmeansStep(codebook!, vectors, totals),
        ];
        for (const call of calls) {
          try {
            call();
            outcomes.done++;
          } catch (error) {
            expect(error).toEqual(EXHAUSTED);
            outcomes.call++;
          }
          expect(kernels.bytesHeld).toBe(held);
        }
      } catch (error) {
        expect(error).toEqual(EXHAUSTED);
        outcomes.prepare++;
      }
      codebook?.dispose();
      expect(kernels.bytesHeld).toBe(before);
      const id = new Uint32Array(1);
      kernels.nearest(small, Float32Array.of(3), id);
      expect([...id]).toEqual([1]);
    }
    // Memories of all sizes were among them.
    expect(Math.min(outcomes.prepare, outcomes.call, outcomes.done)).toBeGreaterThan(0);
    expect(idsOf(await create(64))).toEqual(expected);
  });

  it('has room again once operands are disposed of', async () => {
    const kernels = await create(32);
    const held: ReturnType<Kernels['prepareCodebook']>[] = [];
    const fill = () => {
      for (;;) held.push(kernels.prepareCodebook(codes, options));
    };
    expect(fill).toThrow(EXHAUSTED);
    const most = held.length;
    for (let round = 0; round < 1000; round++) {
      held.pop()!.dispose();
      held.push(kernels.prepareCodebook(codes, options));
    }
    expect(fill).toThrow(EXHAUSTED);
    expect(held).toHaveLength(most);
    for (const codebook of held) codebook.dispose();
    expect(kernels.bytesHeld).toBe(0);
    expect(idsOf(kernels)).toEqual(idsOf(await create(64)));
  });

  it('refuses matrices, votes and products in the same way', async () => {
    const kernels = await create(3);
    const matrix = kernels.prepareMatrix(uniform(64 * 64, 3), { inner: 64 });
    const before = kernels.bytesHeld;
    expect(() => kernels.prepareMatrix(new Float32Array(1 << 20), { inner: 1 << 10 })).toThrow(EXHAUSTED);
    expect(() =>
      kernels.prepareVote({
        ...{ weights: new Float32Array(1 << 20), biases: new Float32Array(8) },
        ...{ voters: 1, bits: 8, order: 'lsb-first' },
      }),
    ).toThrow(EXHAUSTED);
    const out = new Float32Array(1000 * 64);
    expect(() => kernels.matmul(matrix, new Float32Array(1000 * 64), out)).toThrow(EXHAUSTED);
    expect(kernels.bytesHeld).toBe(before);
    kernels.matmul(matrix, new Float32Array(64).fill(1), out.subarray(0, 64));
  });
});
