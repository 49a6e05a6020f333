/** Loads the kernels, looks up one vector and ends: what a program waits for before its first result. */
import { createWasmKernels } from '@polytok/common/kernels';

const kernels = createWasmKernels();
const codebook = kernels.prepareCodebook(Float32Array.of(0, 0, 1, 1), { dimensions: 2, metric: 'euclidean' });
const ids = new Uint32Array(1);
kernels.nearest(codebook, Float32Array.of(0.9, 0.8), ids);
if (ids[0] !== 1) process.exit(1);
