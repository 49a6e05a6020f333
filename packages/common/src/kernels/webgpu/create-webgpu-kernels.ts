import type { AsyncKernels } from '../contract.js';
import { createAsyncKernels } from '../create-kernels.js';
import { findDevice } from './find-device.js';
import type { GpuDeviceLike, GpuLike, PowerPreference } from './gpu-like.js';
import { GpuSession } from './gpu-session.js';
import { WebGpuEngine } from './webgpu-engine.js';

export interface WebGpuKernelsOptions {
  /**
   * A device to share; its limits decide how large operands may be. It stays the caller's: `dispose` leaves it alone, and
   * in Node the caller keeps the `GPU` that it came from, whose collection crashes the process.
   * Default: a new one of `gpu`.
   */
  readonly device?: GpuDeviceLike;
  /** Where the device comes from. Default: `navigator.gpu`; where there is none, the optional package `webgpu`. */
  readonly gpu?: GpuLike;
  /** Which GPU of several. Default: `high-performance`. */
  readonly powerPreference?: PowerPreference;
}

/**
 * A call is queued in the order of the calls and takes a round trip to the GPU, so that many rows in one call are what
 * makes it fast. Calls may overlap.
 */
export type WebGpuKernels = AsyncKernels & {
  readonly device: GpuDeviceLike;
  /** Frees all operands and buffers, fails what is under way, and destroys the device unless it was passed. */
  dispose(): void;
};

/**
 * Kernels in WGSL, float32, on a GPU. `name` tells the vendor and architecture, whose arithmetic decides: sums may be fused
 * and reordered, and values below 2^-126 may count as 0.
 *
 * Beside what the contract names, operands are refused with `LIMIT_EXCEEDED` where they are larger than a buffer of the
 * device or have rows of more than 2^20 values.
 * @throws PolytokError `UNAVAILABLE` where there is no GPU, with `details.reasons`; every call: `DEVICE_LOST` once the device
 *   is lost or disposed of, `UNAVAILABLE` where it refuses a kernel, `LIMIT_EXCEEDED` where it is out of memory
 */
export async function createWebGpuKernels(options: WebGpuKernelsOptions = {}): Promise<WebGpuKernels> {
  const { gpu, powerPreference = 'high-performance' } = options;
  const device = (options.device as GPUDevice | undefined) ?? (await findDevice({ gpu, powerPreference }));
  const session = new GpuSession(device);
  const kernels = createAsyncKernels(new WebGpuEngine(nameOf(device), session));
  return Object.assign(kernels, {
    device,
    dispose: () => {
      session.close();
      if (!options.device) device.destroy();
    },
  });
}

function nameOf({ adapterInfo }: GPUDevice): string {
  const parts = [adapterInfo?.vendor, adapterInfo?.architecture].filter(Boolean);
  return `webgpu-${parts.join('-') || 'unknown'}`;
}
