/** WebGPU for the conformance tests: one backend, or on a machine without a GPU none and a skipped test that says why. */
import { it } from 'vitest';
import { isPolytokError } from '../../errors.js';
import type { AsyncKernels } from '../contract.js';
import { isRequired } from '../is-required.fixture.js';
import { createWebGpuKernels } from './create-webgpu-kernels.js';

export const webGpuBackends: readonly { name: string; create: () => Promise<AsyncKernels> }[] = await find();

async function find(): Promise<typeof webGpuBackends> {
  try {
    const { name, dispose } = await createWebGpuKernels();
    dispose();
    return [{ name, create: () => createWebGpuKernels() }];
  } catch (error) {
    if (!isPolytokError(error) || error.code !== 'UNAVAILABLE' || isRequired('webgpu')) throw error;
    it.skip(`webgpu: ${error.message}`, () => {});
    return [];
  }
}
