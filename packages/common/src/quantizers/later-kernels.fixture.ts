import type { AsyncKernels } from '../kernels/contract.js';
import { createWasmKernels } from '../kernels/index.js';

/** WebAssembly kernels whose work is done later. */
export function laterKernels(): AsyncKernels {
  const kernels = createWasmKernels();
  const later =
    <Call extends unknown[], Result>(operation: (...call: Call) => Result) =>
    (...call: Call) =>
      Promise.resolve().then(() => operation(...call));
  return {
    ...kernels,
    nearest: later(kernels.nearest),
    residualNearest: later(kernels.residualNearest),
    kmeansStep: later(kernels.kmeansStep),
    matmul: later(kernels.matmul),
    vote: later(kernels.vote),
    logMel: later(kernels.logMel),
  };
}
