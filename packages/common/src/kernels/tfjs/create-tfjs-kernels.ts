import type { AsyncKernels } from '../contract.js';
import { createAsyncKernels } from '../create-kernels.js';
import type { Tfjs, TfjsTensor } from './tfjs.js';
import { TfjsEngine } from './tfjs-engine.js';

export interface TfjsKernelsOptions<Tensor extends TfjsTensor> {
  /** TensorFlow.js with its backend ready: `import * as tf from '@tensorflow/tfjs-node-gpu'`. */
  readonly tf: NoInfer<Tfjs<Tensor>> & { readonly Tensor: { readonly prototype: Tensor } };
}

/**
 * Kernels on a TensorFlow.js that the caller brings, foremost `@tensorflow/tfjs-node-gpu` on machines with CUDA. They
 * stay with the backend that is current now, and are named for it: `tfjs-tensorflow`, `tfjs-wasm`.
 *
 * How rows are batched changes no result as long as the backend's matrix product adds in the same order for any number
 * of rows. CUDA's library does not promise that, so there codes with nearly equal scores may change places. It also
 * multiplies with 10 bits of mantissa on GPUs that have TensorFloat-32, unless the environment variable
 * `NVIDIA_TF32_OVERRIDE=0` is set before the process starts.
 * @throws PolytokError `INVALID_ARGUMENT` for an object that is not TensorFlow.js, `UNAVAILABLE` where it has no backend.
 *   Calls reject with `UNAVAILABLE`, and its `cause`, when TensorFlow.js fails, or has been given another backend.
 */
export function createTfjsKernels<Tensor extends TfjsTensor>({
  tf,
}: TfjsKernelsOptions<Tensor>): AsyncKernels {
  return createAsyncKernels(new TfjsEngine(tf));
}
