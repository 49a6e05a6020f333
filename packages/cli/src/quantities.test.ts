import { expect, test } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatHex } from './quantities.js';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [20_000_000, '20.0 MB'],
  [1_088_259_568, '1.1 GB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, '0'],
  [999, '999'],
  [1234, '1,234'],
  [1_234_567, '1,234,567'],
])('the count %d is %s', (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test.each([
  [0.44, '0.4 s'],
  [42, '42 s'],
  [59.7, '1 min 00 s'],
  [185, '3 min 05 s'],
  [7800, '2 h 10 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test('addresses are hexadecimal, also above 2^53', () => {
  expect(formatHex(0xffff_ffff_8000_0000n)).toBe('0xffffffff80000000');
  expect(formatHex(4096)).toBe('0x1000');
});
