import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeRawIds, encodeRawIds, toIds } from './raw-ids.js';

it('stores ids as little-endian integers', () => {
  expect([...encodeRawIds(Uint16Array.of(1, 0xabcd), 'u16')]).toEqual([1, 0, 0xcd, 0xab]);
  expect([...encodeRawIds(Uint16Array.of(0xabcd), 'u32')]).toEqual([0xcd, 0xab, 0, 0]);
  expect(decodeRawIds(Uint8Array.of(1, 0, 0xcd, 0xab), 'u16')).toEqual(Uint16Array.of(1, 0xabcd));
  expect(decodeRawIds(Uint8Array.of(1, 0, 0xcd, 0xab), 'u32')).toEqual(Uint32Array.of(0xabcd0001));
});

it('brings back every id, from any place in memory', () => {
  fc.assert(
    fc.property(fc.uint32Array(), fc.nat(3), (ids, shift) => {
      const bytes = encodeRawIds(ids, 'u32');
      const moved = new Uint8Array(bytes.length + shift);
      moved.set(bytes, shift);
      expect(decodeRawIds(moved.subarray(shift), 'u32')).toEqual(ids);
    }),
  );
});

it('narrows wide ids that fit, and refuses those that do not', () => {
  expect([...encodeRawIds(Uint32Array.of(65535), 'u16')]).toEqual([255, 255]);
  expect(() => encodeRawIds(Uint32Array.of(7, 65536), 'u16')).toThrow(
    expect.objectContaining({ code: 'ID_OUT_OF_RANGE', details: { index: 1, id: 65536, limit: 65536 } }),
  );
});

it.each([[-1], [0.5], [2 ** 32], [Number.NaN], [undefined as unknown as number]])(
  'toIds refuses %s',
  (id) => {
    expect(() => toIds([0, id], 'u32')).toThrow(expect.objectContaining({ code: 'ID_OUT_OF_RANGE' }));
  },
);

it.each([
  ['u16', 3],
  ['u32', 2],
  ['u32', 6],
] as const)('refuses %s ids in %s bytes', (type, byteLength) => {
  expect(() => decodeRawIds(new Uint8Array(byteLength), type)).toThrow(
    expect.objectContaining({ code: 'INVALID_FORMAT' }),
  );
});

it('encoding copies, so that later changes of the ids do not reach the bytes', () => {
  const ids = Uint16Array.of(1);
  const bytes = encodeRawIds(ids, 'u16');
  ids[0] = 2;
  expect([...bytes]).toEqual([1, 0]);
});
