/** polytok on WebGPU as a peer: `node webgpu.mjs`. Its version is the name of the GPU. */
import { createWebGpuKernels } from '@polytok/common/kernels/webgpu';
import { polytokOperations } from './polytok-operations.js';
import { serve } from './serve.js';

const kernels = await createWebGpuKernels().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
await serve(kernels.name, () => polytokOperations(kernels));
