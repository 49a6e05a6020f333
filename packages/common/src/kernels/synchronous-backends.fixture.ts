/** The backends whose results are there when a call returns. */
import { setFlagsFromString } from 'node:v8';
import { afterAll } from 'vitest';
import { startKernelThread } from '../node/start-kernel-thread.js';
import type { Kernels } from './contract.js';
import {
  createReferenceKernels,
  createThreadedKernels,
  createWasmKernels,
  type ThreadedKernels,
} from './index.js';

// Node 20 has relaxed SIMD behind a flag; later versions know it without, and keep the flag or ignore it.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');

interface SynchronousBackend {
  readonly name: string;
  readonly create: () => Kernels;
}

const started: ThreadedKernels[] = [];
afterAll(() => Promise.all(started.map((kernels) => kernels.dispose())));

/** Threads start asynchronously, so two are started in advance, which `create` gives in turn. */
async function onThreads(threads: number): Promise<SynchronousBackend> {
  const start = () => createThreadedKernels({ threads, startThread: startKernelThread });
  const pair = await Promise.all([start(), start()]);
  started.push(...pair);
  let given = 0;
  return { name: `wasm-simd on ${threads} threads`, create: () => pair[given++ % pair.length] };
}

export const synchronousBackends: readonly SynchronousBackend[] = [
  { name: 'reference-float64', create: createReferenceKernels },
  { name: 'wasm-simd', create: () => createWasmKernels() },
  { name: 'wasm-relaxed-simd', create: () => createWasmKernels({ arithmetic: 'fast' }) },
  await onThreads(2),
  await onThreads(3),
];
