/// <reference types="@webgpu/types" />
/**
 * WebGPU's objects as the options of these kernels name them. Every `GPU` and `GPUDevice` is one. The types of this
 * package spell them out so that they need no others; inside, the kernels use the names of `@webgpu/types`.
 */

/** A `GPU`: `navigator.gpu`, or what `create([])` of the package `webgpu` returns. */
export interface GpuLike {
  requestAdapter(options?: { powerPreference?: PowerPreference }): Promise<object | null>;
}

/** A `GPUDevice`. */
export interface GpuDeviceLike {
  readonly limits: object;
  readonly queue: object;
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  destroy(): void;
}

export type PowerPreference = 'low-power' | 'high-performance';
