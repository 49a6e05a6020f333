import type { Kernels } from './contract.js';
import { createWasmKernels } from './wasm/create-wasm-kernels.js';

let shared: Kernels | undefined;

/** The reproducible WebAssembly kernels that everything shares which is not given kernels of its own. */
export function defaultKernels(): Kernels {
  shared ??= createWasmKernels();
  return shared;
}
