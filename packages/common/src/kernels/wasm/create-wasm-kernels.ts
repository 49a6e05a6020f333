import type { Kernels } from '../contract.js';
import { createKernels } from '../create-kernels.js';
import { hasRelaxedSimd } from './kernels-module.js';
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
export function createWasmKernels({ arithmetic = 'reproducible' }: WasmKernelsOptions = {}): Kernels {
  return createKernels(new WasmEngine({ relaxed: arithmetic === 'fast' && hasRelaxedSimd() }));
}
