export * from './create-webgpu-kernels.js';
export type { GpuDeviceLike, GpuLike, PowerPreference } from './gpu-like.js';
