import { create } from 'webgpu';

/**
 * Dawn's null backend, which validates like any other, computes nothing and needs no driver. It is exported so that it is never
 * collected, which would crash or block the process.
 */
export const nullGpu = create(['backend=null']);
