import type { Kernels } from '../contract.js';
import { createKernels } from '../create-kernels.js';
import { SoloCrew } from './crew.js';
import { hasRelaxedSimd, instantiateKernels, kernelsModule } from './kernels-module.js';
import { MemoryPool } from './memory-pool.js';
import { WasmEngine } from './wasm-engine.js';

export interface WasmKernelsOptions {
  /**
   * `reproducible`: baseline SIMD, whose results are the same bits on every machine; ids that are stored or
   * compared come from it. `fast`: fused multiply-add where the WebAssembly engine has relaxed SIMD, which is
   * faster on some processors, and rounds as the processor likes. Default: `reproducible`.
   */
  readonly arithmetic?: 'reproducible' | 'fast';
}

/**
 * Kernels in WebAssembly SIMD, float32, embedded in this package. `fast` without relaxed SIMD is `reproducible`;
 * `name` says which it is.
 */
export function createWasmKernels(options: WasmKernelsOptions = {}): Kernels {
  return createKernels(createWasmEngine(options));
}

/** The engine of {@link createWasmKernels}. */
export function createWasmEngine({ arithmetic }: WasmKernelsOptions = {}): WasmEngine {
  const relaxed = usesRelaxed(arithmetic);
  const pool = new MemoryPool(new WebAssembly.Memory({ initial: 1 }));
  const wasm = instantiateKernels(kernelsModule({ relaxed, shared: false }), pool.memory);
  return new WasmEngine({ name: arithmeticName(relaxed), pool, crew: new SoloCrew(wasm) });
}

/** Whether this arithmetic is fused here. */
export function usesRelaxed(arithmetic: WasmKernelsOptions['arithmetic']): boolean {
  return arithmetic === 'fast' && hasRelaxedSimd();
}

/** What {@link Kernels.name} says. Threads do not change results, so it says nothing of them. */
export function arithmeticName(relaxed: boolean): string {
  return relaxed ? 'wasm-relaxed-simd' : 'wasm-simd';
}
