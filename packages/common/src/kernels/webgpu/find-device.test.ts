import { expect, it } from 'vitest';
import { createWebGpuKernels } from './create-webgpu-kernels.js';
import { nullGpu } from './null-gpu.fixture.js';

const noAdapter = { requestAdapter: async () => null };

it('says why there is no GPU, and what to use instead', async () => {
  await expect(createWebGpuKernels({ gpu: noAdapter })).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringContaining('createWasmKernels'),
    details: { reasons: [expect.stringContaining('no adapter')] },
  });
});

it('says why there is no device', async () => {
  const broken = {
    requestAdapter: async () => ({
      limits: {},
      requestDevice: () => Promise.reject(new Error('adapter was consumed')),
    }),
  };
  await expect(createWebGpuKernels({ gpu: broken })).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    details: { reasons: ['no device: adapter was consumed'] },
  });
});

it('asks for the GPU that is meant, and for all the memory that it gives', async () => {
  const asked: unknown[] = [];
  const recording = {
    requestAdapter: async (options: object) => {
      asked.push(options);
      return {
        limits: { maxBufferSize: 7, maxStorageBufferBindingSize: 5, maxTextureDimension2D: 3 },
        requestDevice: async (descriptor: { requiredLimits: object }) => {
          asked.push(descriptor.requiredLimits);
          throw new Error('seen');
        },
      };
    },
  };
  await createWebGpuKernels({ gpu: recording, powerPreference: 'low-power' }).catch(() => {});
  expect(asked).toEqual([
    { powerPreference: 'low-power' },
    { maxBufferSize: 7, maxStorageBufferBindingSize: 5 },
  ]);
});

it('leaves a device that was passed alone', async () => {
  const adapter = (await nullGpu.requestAdapter())!;
  const device = await adapter.requestDevice();
  const kernels = await createWebGpuKernels({ device });
  expect(kernels.device).toBe(device);
  kernels.prepareMatrix(new Float32Array(4), { inner: 2 });
  kernels.dispose();
  expect(kernels.bytesHeld).toBe(0);
  device.pushErrorScope('validation');
  device.createBuffer({ size: 16, usage: 8 });
  expect(await device.popErrorScope()).toBeNull();
});

it('refuses operands beyond the device, by number', async () => {
  const adapter = (await nullGpu.requestAdapter())!;
  const kernels = await createWebGpuKernels({ device: await adapter.requestDevice() });
  const limit = 128 * 1024 * 1024;
  expect(() => kernels.prepareMatrix(new Float32Array(limit / 4 + 4), { inner: 4 })).toThrow(
    expect.objectContaining({ code: 'LIMIT_EXCEEDED', details: { needed: limit + 16, limit } }),
  );
  expect(() => kernels.prepareMatrix(new Float32Array(2 ** 20 + 1), { inner: 2 ** 20 + 1 })).toThrow(
    expect.objectContaining({ code: 'LIMIT_EXCEEDED', details: { width: 2 ** 20 + 1, limit: 2 ** 20 } }),
  );
  expect(kernels.bytesHeld).toBe(0);
});
