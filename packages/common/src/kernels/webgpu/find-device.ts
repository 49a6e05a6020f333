import { PolytokError } from '../../errors.js';
import type { GpuLike, PowerPreference } from './gpu-like.js';

/** The version of the optional package that is tested; others may need a newer C++ library than the system has. */
const PACKAGE = 'webgpu@0.6.2';

/** Limits that decide how large an operand may be; a device has the smallest of all machines unless asked for more. */
const SIZE_LIMITS = ['maxBufferSize', 'maxStorageBufferBindingSize'] as const;

/** What devices came from. In Node a device crashes or blocks the process if its `GPU` is collected before it. */
const kept = new Set<GpuLike>();

/** What the package made, once for all kernels. */
let made: GPU | undefined;

/** A device with the adapter's own size limits. @throws PolytokError `UNAVAILABLE` with `details.reasons` */
export async function findDevice(options: {
  gpu: GpuLike | undefined;
  powerPreference: PowerPreference;
}): Promise<GPUDevice> {
  const reasons: string[] = [];
  const gpu = (options.gpu as GPU | undefined) ?? (await findGpu(reasons));
  if (gpu) {
    kept.add(gpu);
    try {
      const adapter = await gpu.requestAdapter({ powerPreference: options.powerPreference });
      if (adapter) {
        const requiredLimits: Record<string, number> = {};
        for (const limit of SIZE_LIMITS) requiredLimits[limit] = adapter.limits[limit];
        return await adapter.requestDevice({ label: 'polytok kernels', requiredLimits });
      }
      reasons.push('no adapter: no driver for Vulkan, Metal or Direct3D 12 that WebGPU accepts');
    } catch (cause) {
      reasons.push(`no device: ${messageOf(cause)}`);
    }
  }
  throw new PolytokError(
    'UNAVAILABLE',
    `There is no GPU for these kernels (${reasons.join('; ')}). Use createWasmKernels, which runs everywhere, or provide one: in a browser a secure page, in Node the package ${PACKAGE} and a driver.`,
    { details: { reasons } },
  );
}

/** The browser's WebGPU, or that of the optional package; why there is none is added to `reasons`. */
async function findGpu(reasons: string[]): Promise<GPU | undefined> {
  if (globalThis.navigator?.gpu) return globalThis.navigator.gpu;
  reasons.push('navigator.gpu is absent');
  try {
    // A name that bundlers cannot see through: browsers never get this far, and Node finds it at run time.
    const name = PACKAGE.split('@')[0];
    const { create } = await import(/* @vite-ignore */ /* webpackIgnore: true */ name);
    made ??= create([]) as GPU;
    return made;
  } catch (cause) {
    reasons.push(`the package webgpu does not load: ${messageOf(cause)}`);
    return undefined;
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
