/** The backends that the conformance tests run, and what they are compared with. */
import { setFlagsFromString } from 'node:v8';
import { afterAll } from 'vitest';
import { startKernelThread } from '../node/start-kernel-thread.js';
import type { Codebook, CodebookOptions, Kernels } from './contract.js';
import {
  createReferenceKernels,
  createThreadedKernels,
  createWasmKernels,
  type ThreadedKernels,
} from './index.js';
import { scoreOf } from './score.js';

export { integers, uniform } from './random-values.fixture.js';

/** Half an ulp of 1 in float32. */
const ROUNDING = 2 ** -24;

// Node 20 has relaxed SIMD behind a flag; later versions know it without, and keep the flag or ignore it.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');

const started: ThreadedKernels[] = [];
afterAll(() => Promise.all(started.map((kernels) => kernels.dispose())));

/** Threads start asynchronously, so two are started in advance, which `create` gives in turn. */
async function onThreads(threads: number): Promise<{ name: string; create: () => Kernels }> {
  const start = () => createThreadedKernels({ threads, startThread: startKernelThread });
  const pair = await Promise.all([start(), start()]);
  started.push(...pair);
  let given = 0;
  return { name: `wasm-simd on ${threads} threads`, create: () => pair[given++ % pair.length] };
}

export const backends: readonly { name: string; create: () => Kernels }[] = [
  { name: 'reference-float64', create: createReferenceKernels },
  { name: 'wasm-simd', create: () => createWasmKernels() },
  { name: 'wasm-relaxed-simd', create: () => createWasmKernels({ arithmetic: 'fast' }) },
  await onThreads(2),
  await onThreads(3),
];

export function nearestIds(kernels: Kernels, codebook: Codebook, vectors: Float32Array): Uint32Array {
  const ids = new Uint32Array(vectors.length / codebook.dimensions);
  kernels.nearest(codebook, vectors, ids);
  return ids;
}

/**
 * How much worse than the best code the chosen ones are, at most, in units of the rounding error that a
 * float32 sum of this many products can have. At most 1 means: as good as float32 can tell.
 */
export function worstChoice(
  codes: Float32Array,
  { dimensions, metric }: CodebookOptions,
  vectors: Float32Array,
  ids: Uint32Array,
): number {
  const table = { codes, dimensions, metric };
  const zero = new Float32Array(dimensions);
  const squared = (values: Float32Array, row: number) =>
    scoreOf({ codes: zero, dimensions, metric: 'euclidean' }, 0, values, row);
  let longest = 0;
  const count = codes.length / dimensions;
  for (let code = 0; code < count; code++) longest = Math.max(longest, squared(codes, code));
  const direction = metric === 'euclidean' ? -1 : 1;
  let worst = 0;
  for (let row = 0; row < ids.length; row++) {
    let best = Number.NEGATIVE_INFINITY;
    for (let code = 0; code < count; code++)
      best = Math.max(best, direction * scoreOf(table, code, vectors, row));
    const gap = best - direction * scoreOf(table, ids[row], vectors, row);
    const size = metric === 'cosine' ? 1 : Math.sqrt(longest * squared(vectors, row)) + longest;
    worst = Math.max(worst, gap / (4 * (dimensions + 2) * ROUNDING * size));
  }
  return worst;
}

/** Largest difference of a product from float64, in units of the rounding error of its float32 sums. */
export function worstProduct(
  product: Float32Array,
  expected: Float32Array,
  inner: number,
  magnitude: number,
): number {
  let worst = 0;
  product.forEach((value, at) => {
    worst = Math.max(worst, Math.abs(value - expected[at]) / (2 * (inner + 2) * ROUNDING * magnitude));
  });
  return worst;
}
