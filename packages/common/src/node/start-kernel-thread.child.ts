/** For tests: uses kernels on threads, prints an id, and ends without disposing of them. */
import { createThreadedKernels } from '../kernels/index.js';
import { startKernelThread } from './start-kernel-thread.js';

const kernels = await createThreadedKernels({ threads: 3, startThread: startKernelThread });
const codebook = kernels.prepareCodebook(Float32Array.of(0, 1, 2), { dimensions: 1, metric: 'euclidean' });
const ids = new Uint32Array(1);
kernels.nearest(codebook, Float32Array.of(1.9), ids);
console.log(ids[0]);
