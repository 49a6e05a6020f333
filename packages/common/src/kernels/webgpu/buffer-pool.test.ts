import { expect, it } from 'vitest';
import { BufferPool } from './buffer-pool.js';
import { findDevice } from './find-device.js';
import { USAGE } from './gpu-flags.js';
import { nullGpu } from './null-gpu.fixture.js';

const device = await findDevice({ gpu: nullGpu, powerPreference: 'low-power' });

it('gives the same buffer again to whoever needs about as much for the same use', () => {
  const pool = new BufferPool(device);
  const buffer = pool.take(1000, USAGE.storage);
  expect(buffer.size).toBe(1024);
  pool.give(buffer);
  expect(pool.idleBytes).toBe(1024);
  expect(pool.take(1000, USAGE.uniform)).not.toBe(buffer);
  expect(pool.take(2000, USAGE.storage)).not.toBe(buffer);
  expect(pool.take(600, USAGE.storage)).toBe(buffer);
  expect(pool.take(600, USAGE.storage)).not.toBe(buffer);
  expect(pool.idleBytes).toBe(0);
});

it('keeps at most 64 MiB, and nothing once it is closed', () => {
  const pool = new BufferPool(device);
  const large = [1, 2, 3].map(() => pool.take(1 << 25, USAGE.storage));
  for (const buffer of large) pool.give(buffer);
  expect(pool.idleBytes).toBe(1 << 26);
  pool.close();
  expect(pool.idleBytes).toBe(0);
  pool.give(pool.take(100, USAGE.storage));
  expect(pool.idleBytes).toBe(0);
});

it('asks for no more than a buffer may have', () => {
  const pool = new BufferPool(device);
  const bytes = device.limits.maxBufferSize - 4;
  expect(pool.take(bytes, USAGE.storage).size).toBe(device.limits.maxBufferSize);
});
