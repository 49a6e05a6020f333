import { requireInteger } from '../../arguments.js';
import { PolytokError } from '../../errors.js';
import type { Kernels } from '../contract.js';
import { createKernels } from '../create-kernels.js';
import { arithmeticName, usesRelaxed, type WasmKernelsOptions } from './create-wasm-kernels.js';
import { instantiateKernels, kernelsModule } from './kernels-module.js';
import { MemoryPool } from './memory-pool.js';
import { type StartThread, ThreadCrew } from './thread-crew.js';
import { WasmEngine } from './wasm-engine.js';

export interface ThreadedKernelsOptions extends WasmKernelsOptions {
  /** Threads, the calling one among them: from 1 to {@link MAX_KERNEL_THREADS}. Best: the cores that are free. */
  readonly threads: number;
  /** How to start a thread. In Node: `startKernelThread` of `@polytok/common/node`. */
  readonly startThread: StartThread;
}

/** Kernels on several threads. */
export interface ThreadedKernels extends Kernels {
  /** Threads, the calling one among them. */
  readonly threads: number;
  /**
   * Ends the threads. Later calls are refused with `UNAVAILABLE`, but for `logMel`, which runs on the calling thread.
   * A second call does nothing.
   */
  dispose(): Promise<void>;
}

/** More threads would only wait for each other: a call's chunks are a few dozen. */
export const MAX_KERNEL_THREADS = 64;

/** Largest shared memory asked for, in pages of 64 KiB, and what is tried where address space is short. */
const MAXIMUM_PAGES = [1 << 16, 1 << 14, 1 << 12];

/**
 * The kernels of `createWasmKernels` on several threads over one shared memory: the same `name`, because the same
 * bits. Calls stay synchronous; the calling thread takes its share, and does small calls alone. It sleeps while it
 * waits for the others' last chunk; a browser's main thread may not sleep and looks again and again instead.
 * The threads do not keep a process alive.
 * @throws PolytokError `UNAVAILABLE` where there is no shared memory, or a thread does not start; `INVALID_ARGUMENT`
 */
export async function createThreadedKernels({
  threads,
  startThread,
  arithmetic,
}: ThreadedKernelsOptions): Promise<ThreadedKernels> {
  requireInteger(threads, 'threads', { minimum: 1, maximum: MAX_KERNEL_THREADS });
  const memory = sharedMemory();
  const relaxed = usesRelaxed(arithmetic);
  const module = kernelsModule({ relaxed, shared: true });
  const wasm = instantiateKernels(module, memory);
  const crew = await ThreadCrew.start(startThread, { threads, module, memory, wasm });
  const engine = new WasmEngine({ name: arithmeticName(relaxed), pool: new MemoryPool(memory), crew });
  return Object.assign(createKernels(engine), { threads, dispose: () => crew.dismiss() });
}

function sharedMemory(): WebAssembly.Memory {
  let cause: unknown;
  // Pages without cross-origin isolation have no such class, or one that cannot be posted to a worker.
  if (typeof SharedArrayBuffer === 'function' && globalThis.crossOriginIsolated !== false) {
    for (const maximum of MAXIMUM_PAGES) {
      try {
        return new WebAssembly.Memory({ initial: 1, maximum, shared: true });
      } catch (error) {
        cause = error;
      }
    }
  }
  throw new PolytokError(
    'UNAVAILABLE',
    'Threads need shared memory, which is not available here. Serve the page with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, or use createWasmKernels.',
    { cause },
  );
}
