/** TensorFlow.js on its backends that need nothing installed beside them, for tests. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { AsyncKernels } from '../contract.js';
import { createTfjsKernels } from './create-tfjs-kernels.js';

// Keeps the CPU backend from recommending another one.
tf.env().set('IS_TEST', true);

// Without a path the file is fetched.
const wasm = createRequire(import.meta.url).resolve(
  '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm',
);
setWasmPaths(`${dirname(wasm)}/`);
await tf.setBackend('wasm');
await tf.setBackend('cpu');

/**
 * TensorFlow.js that always works on one backend, although a process has but one current backend.
 * @param alias what it says its backend is
 */
export function tfjsOn(backend: 'cpu' | 'wasm', alias: string = backend): typeof tf {
  return {
    ...tf,
    getBackend: () => alias,
    tidy: ((work: () => tf.Tensor[]) => {
      // Of a backend that is ready the change is made at once.
      void tf.setBackend(backend);
      return tf.tidy(work);
    }) as typeof tf.tidy,
  };
}

export const tfjsBackends: readonly { name: string; create: () => AsyncKernels }[] = [
  { name: 'tfjs-cpu', create: () => createTfjsKernels({ tf: tfjsOn('cpu') }) },
  { name: 'tfjs-wasm', create: () => createTfjsKernels({ tf: tfjsOn('wasm') }) },
  // Takes the path of backends whose argMax promises nothing about equal values.
  { name: 'tfjs-other', create: () => createTfjsKernels({ tf: tfjsOn('cpu', 'other') }) },
];
