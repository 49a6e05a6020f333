/** Every program compiles on Dawn's null backend, which validates like any other and needs no driver. */
import { expect, it } from 'vitest';
import { bestOfSpansWgsl } from './best-of-spans.wgsl.js';
import { findDevice } from './find-device.js';
import { GpuSession } from './gpu-session.js';
import { logMelWgsl, MAX_WORKGROUP_FFT_SIZE } from './log-mel.wgsl.js';
import { matmulWgsl } from './matmul.wgsl.js';
import { nearestWgsl } from './nearest.wgsl.js';
import { nullGpu } from './null-gpu.fixture.js';
import { subtractCodesWgsl } from './residual-nearest.wgsl.js';
import { voteWgsl } from './vote.wgsl.js';

const session = new GpuSession(await findDevice({ gpu: nullGpu, powerPreference: 'low-power' }));

it.each([1, 2, 4])('nearest and matmul, %i quads at a time', async (quads) => {
  expect(await session.pipeline(nearestWgsl({ quads }))).toBeDefined();
  expect(await session.pipeline(matmulWgsl({ quads }))).toBeDefined();
});

it('bestOfSpans and subtractCodes', async () => {
  expect(await session.pipeline(bestOfSpansWgsl())).toBeDefined();
  expect(await session.pipeline(subtractCodesWgsl())).toBeDefined();
});

it.each([
  { voters: 5, bits: 13, order: 'lsb-first', zero: 'negative' },
  { voters: 2, bits: 32, order: 'msb-first', zero: 'positive' },
  { voters: 1, bits: 1, order: 'msb-first', zero: 'negative' },
] as const)('vote, $voters voters, $bits bits', async (rule) => {
  expect(await session.pipeline(voteWgsl(rule))).toBeDefined();
});

it.each([4, 400, MAX_WORKGROUP_FFT_SIZE])('logMel, %i samples to a frame', async (fftSize) => {
  expect(await session.pipeline(logMelWgsl({ fftSize, hop: 3, bands: 2, floor: 1e-10 }))).toBeDefined();
});

it('says what the compiler says of a program that is none, each time', async () => {
  for (let attempt = 0; attempt < 2; attempt++) {
    await expect(session.pipeline('fn main() { let a = nothing; }')).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      details: { kind: 'validation', message: expect.stringContaining("unresolved value 'nothing'") },
    });
  }
});

it('refuses a program without a main, and one that needs more memory than the device has', async () => {
  const failure = { code: 'UNAVAILABLE', message: expect.stringContaining('cannot run a kernel') };
  await expect(session.pipeline('const a = 1;')).rejects.toMatchObject(failure);
  const large = `var<workgroup> a: array<f32, 100000>;
    @compute @workgroup_size(1) fn main() { a[0] = 1.0; }`;
  await expect(session.pipeline(large)).rejects.toMatchObject(failure);
});
