import { expect, it } from 'vitest';
import { bfloat16ToFloat32, float16ToFloat32 } from './float-conversion.js';

it.each([
  ['zero', 0x0000, 0],
  ['negative zero', 0x8000, -0],
  ['one', 0x3c00, 1],
  ['minus two', 0xc000, -2],
  ['the next after one', 0x3c01, 1.0009765625],
  ['the largest', 0x7bff, 65504],
  ['the smallest normal', 0x0400, 2 ** -14],
  ['the smallest subnormal', 0x0001, 2 ** -24],
  ['a negative subnormal', 0x83ff, -1023 * 2 ** -24],
  ['infinity', 0x7c00, Number.POSITIVE_INFINITY],
  ['minus infinity', 0xfc00, Number.NEGATIVE_INFINITY],
  ['not a number', 0x7e00, Number.NaN],
])('float16ToFloat32 reads %s', (_, bits, value) => {
  expect(float16ToFloat32(Uint16Array.of(bits))[0]).toBe(value);
});

it.each([
  ['zero', 0x0000, 0],
  ['negative zero', 0x8000, -0],
  ['one', 0x3f80, 1],
  ['minus three', 0xc040, -3],
  ['the next after one', 0x3f81, 1.0078125],
  ['a subnormal', 0x0001, 2 ** -133],
  ['infinity', 0x7f80, Number.POSITIVE_INFINITY],
  ['not a number', 0x7fc0, Number.NaN],
])('bfloat16ToFloat32 reads %s', (_, bits, value) => {
  expect(bfloat16ToFloat32(Uint16Array.of(bits))[0]).toBe(value);
});
