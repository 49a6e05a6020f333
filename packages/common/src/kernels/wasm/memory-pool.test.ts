import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MemoryPool } from './memory-pool.js';

const PAGE = 65536;

it('never hands out a stretch twice, and joins what comes back to one', () => {
  const step = fc.record({ bytes: fc.nat(3 * PAGE), give: fc.boolean(), which: fc.nat() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const pool = new MemoryPool(new WebAssembly.Memory({ initial: 1 }));
      const held: { at: number; bytes: number }[] = [];
      for (const { bytes, give, which } of steps) {
        if (give && held.length > 0) {
          const [{ at }] = held.splice(which % held.length, 1);
          pool.give(at);
          continue;
        }
        const at = pool.take(bytes);
        expect(at % 16).toBe(0);
        expect(at).toBeGreaterThanOrEqual(64);
        expect(at + bytes).toBeLessThanOrEqual(pool.memory.buffer.byteLength);
        for (const other of held) {
          expect(at + bytes <= other.at || other.at + other.bytes <= at).toBe(true);
        }
        held.push({ at, bytes });
      }
      for (const { at } of held) pool.give(at);
      expect(pool.bytesHeld).toBe(0);
      const size = pool.memory.buffer.byteLength;
      expect(pool.take(size - 64)).toBe(64);
      expect(pool.memory.buffer.byteLength).toBe(size);
    }),
    { numRuns: 100 },
  );
});

it('counts what it handed out, in steps of 16 bytes', () => {
  const pool = new MemoryPool(new WebAssembly.Memory({ initial: 1 }));
  const at = pool.take(1);
  pool.take(17);
  expect(pool.bytesHeld).toBe(48);
  pool.give(at);
  expect(pool.bytesHeld).toBe(32);
});

it('refuses more than 32-bit addresses reach, and goes on working', () => {
  const pool = new MemoryPool(new WebAssembly.Memory({ initial: 1 }));
  pool.take(100);
  expect(() => pool.take(2 ** 32)).toThrow(
    expect.objectContaining({
      code: 'LIMIT_EXCEEDED',
      details: expect.objectContaining({ held: 112, needed: 2 ** 32 }),
    }),
  );
  expect(pool.take(10)).toBe(176);
});
