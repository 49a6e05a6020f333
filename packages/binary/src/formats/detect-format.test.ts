import { describe, expect, it } from 'vitest';
import { detectFormat } from './detect-format.js';
import { elfFile } from './fixtures/elf-fixture.js';
import { fatFile, machFile } from './fixtures/mach-fixture.js';
import { pack, patch, text, u16, u32, zeros } from './fixtures/pack.js';
import { coffObject, peImage } from './fixtures/pe-fixture.js';

const program = machFile();

describe('detectFormat', () => {
  it.each([
    ['ELF', elfFile({ bits: 32, byteOrder: 'big' })],
    ['PE', peImage()],
    ['PE', coffObject()],
    ['Mach-O', program],
    ['Mach-O', machFile({ bits: 32, byteOrder: 'big', cpuType: 0x12 })],
    ['Mach-O fat', fatFile([{ cpuType: 0x1000007, bytes: program }])],
    ['Mach-O fat', fatFile([{ cpuType: 0x1000007, bytes: program }], 64)],
  ])('tells %s', (format, bytes) => {
    expect(detectFormat(bytes)).toBe(format);
  });

  it.each([
    ['nothing', zeros(0)],
    ['three bytes of a magic', text('\x7fEL')],
    ['text', text('#!/bin/sh\necho MZ\n')],
    ['a DOS program without a PE header', text('MZ', 256)],
    ['a DOS header that points outside', patch(peImage(), 0x3c, u32(0xfffffff0))],
    ['a DOS header cut before it points anywhere', text('MZ', 32)],
    ['a Java class (major version 52)', pack('big', [u32(0xcafebabe), u32(52), zeros(2000)])],
    [
      'a fat header with a plausible count but no Mach-O slice',
      pack('big', [u32(0xcafebabe), u32(2), zeros(2000)]),
    ],
    ['a fat header whose table is cut off', fatFile([{ cpuType: 7, bytes: program }]).subarray(0, 20)],
    ['the machine number of an object without the rest', pack('little', [u16(0x14c), zeros(100)])],
    ['an object whose symbols lie outside', patch(coffObject(), 8, u32(0x7fffffff))],
    ['an object with more sections than it holds', patch(coffObject(), 2, u16(5))],
  ])('takes %s for plain data', (_, bytes) => {
    expect(detectFormat(bytes)).toBeNull();
  });
});
