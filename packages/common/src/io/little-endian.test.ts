import { describe, expect, it } from 'vitest';
import { littleEndianBytes, readLittleEndian } from './little-endian.js';

describe('readLittleEndian', () => {
  const bytes = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7);

  it('shares memory where elements are aligned', () => {
    const view = readLittleEndian(Uint16Array, bytes, 2, 2);
    expect([...view]).toEqual([0x0302, 0x0504]);
    expect(view.buffer).toBe(bytes.buffer);
  });

  it('copies where they are not', () => {
    const copy = readLittleEndian(Uint16Array, bytes, 1, 2);
    expect([...copy]).toEqual([0x0201, 0x0403]);
    expect(copy.buffer).not.toBe(bytes.buffer);
  });

  it('takes the alignment of the memory, not of the offset', () => {
    const copy = readLittleEndian(Uint16Array, bytes.subarray(1), 0, 1);
    expect([...copy]).toEqual([0x0201]);
    expect(copy.buffer).not.toBe(bytes.buffer);
  });
});

it('littleEndianBytes shows an array as a file stores it', () => {
  expect([...littleEndianBytes(Uint32Array.of(0, 0x04030201).subarray(1))]).toEqual([1, 2, 3, 4]);
});
