import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { startKernelThread } from '../../node/start-kernel-thread.js';
import type { Codebook, Kernels } from '../contract.js';
import { integers, uniform } from '../random-values.fixture.js';
import { createThreadedKernels, type ThreadedKernels } from './create-threaded-kernels.js';
import { createWasmKernels } from './create-wasm-kernels.js';
import { instantiateKernels, kernelsModule } from './kernels-module.js';
import { MemoryPool } from './memory-pool.js';
import { type StartThread, ThreadCrew } from './thread-crew.js';
import { CONTROL, type ThreadData } from './thread-source.js';
import { WasmEngine } from './wasm-engine.js';

const one = createWasmKernels();
const pools: ThreadedKernels[] = [];
async function on(threads: number, startThread: StartThread = startKernelThread): Promise<ThreadedKernels> {
  const kernels = await createThreadedKernels({ threads, startThread });
  pools.push(kernels);
  return kernels;
}
afterAll(() => Promise.all(pools.map((pool) => pool.dispose())));
afterEach(() => {
  vi.unstubAllGlobals();
});

function nearestIds(kernels: Kernels, codebook: Codebook, vectors: Float32Array): Uint32Array {
  const ids = new Uint32Array(vectors.length / codebook.dimensions);
  kernels.nearest(codebook, vectors, ids);
  return ids;
}

const unavailable = (message: string) =>
  expect.objectContaining({ code: 'UNAVAILABLE', message: expect.stringContaining(message) });

it('looks again and again where the calling thread may not sleep', async () => {
  const kernels = await on(3);
  const codes = uniform(2000 * 16, 1);
  const vectors = uniform(3000 * 16, 2);
  const options = { dimensions: 16, metric: 'euclidean' } as const;
  const wait = vi.spyOn(Atomics, 'wait').mockImplementation(() => {
    throw new TypeError('Atomics.wait cannot be called in this context');
  });
  const ids = Array.from({ length: 20 }, () =>
    nearestIds(kernels, kernels.prepareCodebook(codes, options), vectors),
  );
  wait.mockRestore();
  for (const found of ids)
    expect(found).toEqual(nearestIds(one, one.prepareCodebook(codes, options), vectors));
});

describe('results have the bits of one thread', () => {
  const few = on(2);
  const many = on(5);

  it('under the same name', async () => {
    expect(one.name).toBe('wasm-simd');
    expect((await few).name).toBe('wasm-simd');
    expect([(await few).threads, (await many).threads]).toEqual([2, 5]);
  });

  it('in calls of all sizes, whoever takes which chunk', async () => {
    const kernels = [one, await few, await many];
    const shape = fc.record({
      rows: fc.integer({ min: 0, max: 2000 }),
      count: fc.integer({ min: 1, max: 800 }),
      dimensions: fc.integer({ min: 1, max: 40 }),
      metric: fc.constantFrom('euclidean' as const, 'cosine' as const),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(shape, ({ rows, count, dimensions, metric, seed }) => {
        const codes = uniform(count * dimensions, seed);
        const vectors = uniform(rows * dimensions, seed + 1);
        const [expected, ...others] = kernels.map((of) => {
          const codebook = of.prepareCodebook(codes, { dimensions, metric });
          const ids = new Uint32Array(rows);
          const into = { sums: new Float64Array(codes.length), counts: new Uint32Array(count), ids };
          const inertia = of.kmeansStep(codebook, vectors, into);
          const found = nearestIds(of, codebook, vectors);
          codebook.dispose();
          const matrix = of.prepareMatrix(codes, { inner: dimensions });
          const product = new Float32Array(rows * count);
          of.matmul(matrix, vectors, product);
          matrix.dispose();
          // Compared as bytes: of a million numbers one by one takes seconds.
          const arrays = [found, into.sums, into.counts, into.ids, product];
          return { inertia, bytes: arrays.map((array) => Buffer.from(array.buffer)) };
        });
        for (const other of others) {
          expect(other.inertia).toBe(expected.inertia);
          expect(other.bytes.map((bytes, k) => bytes.equals(expected.bytes[k]))).toEqual(Array(5).fill(true));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('in batches of several blocks', async () => {
    const codes = integers(50 * 24, 9, 1);
    const vectors = integers(100_001 * 24, 9, 2);
    const options = { dimensions: 24, metric: 'euclidean' } as const;
    const [expected, actual] = [one, await few].map((of) =>
      nearestIds(of, of.prepareCodebook(codes, options), vectors),
    );
    expect(actual).toEqual(expected);
  });
});

it('asks for no more memory in its thousandth call than in its second', async () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 << 12, shared: true });
  const module = kernelsModule({ relaxed: false, shared: true });
  const wasm = instantiateKernels(module, memory);
  const crew = await ThreadCrew.start(startKernelThread, { threads: 2, module, memory, wasm });
  const engine = new WasmEngine({ name: 'test', pool: new MemoryPool(memory), crew });
  const layout = { count: 500, dimensions: 40, metric: 'euclidean' } as const;
  const ids = new Uint32Array(333);
  const round = () => {
    const codebook = engine.loadCodebook(new Float32Array(500 * 40), layout);
    codebook.nearest(new Float32Array(333 * 40), ids);
    codebook.free();
    return memory.buffer.byteLength;
  };
  round();
  const reserved = round();
  for (let call = 2; call < 999; call++) round();
  expect(round()).toBe(reserved);
  expect(engine.bytesHeld).toBe(0);
  await crew.dismiss();
});

describe('what goes wrong is a typed error', () => {
  const codes = uniform(4000, 1);
  const call = (kernels: ThreadedKernels) => {
    const codebook = kernels.prepareCodebook(codes, { dimensions: 4, metric: 'dot' });
    return nearestIds(kernels, codebook, uniform(40_000, 2));
  };

  it.each([0, 1.5, 65])('%d threads', async (threads) => {
    await expect(createThreadedKernels({ threads, startThread: startKernelThread })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: { name: 'threads', value: threads, minimum: 1, maximum: 64 },
    });
  });

  it('calls after disposal', async () => {
    const kernels = await on(2);
    expect(call(kernels)).toHaveLength(10_000);
    await kernels.dispose();
    await kernels.dispose();
    expect(() => call(kernels)).toThrow(unavailable('disposed of'));
  });

  it('a page that may not share memory', async () => {
    vi.stubGlobal('crossOriginIsolated', false);
    await expect(on(2)).rejects.toEqual(unavailable('Cross-Origin-Opener-Policy'));
  });

  it('a thread that does not start', async () => {
    const broken: StartThread = () => Promise.reject(new Error('no more threads'));
    await expect(on(2, broken)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      cause: expect.objectContaining({ message: 'no more threads' }),
    });
  });

  it('a thread that died between calls', async () => {
    let die = () => {};
    const kernels = await on(2, async (source, data, died) => {
      die = () => died(new Error('killed'));
      return startKernelThread(source, data, died);
    });
    die();
    expect(() => call(kernels)).toThrow(unavailable('died'));
  });

  it('a thread that fails inside a call', async () => {
    // Its module lacks what the caller asks for, which is what a trap looks like from outside.
    const kernels = await on(2, (source, data, died) =>
      startKernelThread(source, { ...(data as ThreadData), operations: [] }, died),
    );
    expect(() => {
      for (let round = 0; round < 1000; round++) call(kernels);
    }).toThrow(unavailable('failed'));
  });

  it('a thread that is lost inside a call', async () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 64, shared: true });
    const module = kernelsModule({ relaxed: false, shared: true });
    const wasm = instantiateKernels(module, memory);
    // Signs in, and is never heard of again.
    const lost: StartThread = async (_, data) => {
      Atomics.add((data as ThreadData).control, CONTROL.inside, 1);
      return { terminate: () => {} };
    };
    const crew = await ThreadCrew.start(lost, { threads: 2, module, memory, wasm, maxWaits: 1 });
    const engine = new WasmEngine({ name: 'test', pool: new MemoryPool(memory), crew });
    const codebook = engine.loadCodebook(codes, { count: 1000, dimensions: 4, metric: 'dot' });
    const nearest = () => codebook.nearest(uniform(40_000, 2), new Uint32Array(10_000));
    expect(nearest).toThrow(unavailable('does not answer'));
    expect(nearest).toThrow(unavailable('does not answer'));
  });
});
