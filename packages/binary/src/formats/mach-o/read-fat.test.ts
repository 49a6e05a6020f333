import { describe, expect, it } from 'vitest';
import { fatFile, machFile } from '../fixtures/mach-fixture.js';
import { patch, u32, zeros } from '../fixtures/pack.js';
import { readExecutable } from '../read-executable.js';

const strict = { mode: 'strict' } as const;
const slices = [
  { cpuType: 0x1000007, bytes: machFile() },
  { cpuType: 0x12, bytes: machFile({ bits: 32, byteOrder: 'big', cpuType: 0x12 }) },
];
const file = fatFile(slices);

describe('reading fat Mach-O', () => {
  it.each([32, 64] as const)(
    'describes each slice with offsets in the whole file (%d-bit header)',
    (bits) => {
      const executable = readExecutable(fatFile(slices, bits), strict);
      expect(executable).toMatchObject({
        format: 'Mach-O fat',
        architecture: 'x64+ppc',
        bits,
        byteOrder: 'big',
        kind: 'executable',
      });
      expect(executable.header).toEqual({ name: 'header', offset: 0, size: bits === 32 ? 48 : 72 });
      expect(
        executable.slices?.map(({ architecture, byteOrder, header }) => [
          architecture,
          byteOrder,
          header.offset,
        ]),
      ).toEqual([
        ['x64', 'little', 128],
        ['ppc', 'big', 640],
      ]);
      expect(executable.sections.map(({ name, offset, size }) => [name, offset, size])).toEqual([
        ['__TEXT,__text', 544, 32],
        ['__DATA,__bss', 128, 0],
        ['__LINKEDIT', 576, 64],
        ['__TEXT,__text', 1056, 32],
        ['__DATA,__bss', 640, 0],
        ['__LINKEDIT', 1088, 64],
      ]);
    },
  );
});

/** Position of a field of the n-th slice: CPU type, subtype, offset, size, alignment. */
const inSlice = (index: number, field: number) => 8 + 20 * index + field;

describe('reading damaged fat Mach-O', () => {
  it.each([
    [
      'a slice that overlaps another',
      patch(file, inSlice(1, 8), u32(600), 'big'),
      "'slice ppc' at offset 600 starts before 640",
      ['x64'],
    ],
    [
      'a slice over the header',
      patch(file, inSlice(0, 8), u32(4), 'big'),
      "'slice x64' at offset 4 starts before 48",
      ['ppc'],
    ],
    [
      'a slice outside',
      patch(file, inSlice(1, 8), u32(0xffffff00), 'big'),
      "'slice ppc' declares 512 bytes at offset 4294967040",
      ['x64'],
    ],
    [
      'a slice that is cut off',
      file.subarray(0, 1100),
      "'slice ppc' declares 512 bytes at offset 640, but the file has 1100 bytes; it is cut to 460.",
      ['x64', 'ppc'],
    ],
    [
      'a slice that is no Mach-O file',
      fatFile([slices[0], { cpuType: 7, bytes: zeros(64) }]),
      "'slice x86' at offset 640 is not a Mach-O file",
      ['x64'],
    ],
    [
      'damage within a slice',
      patch(file, 128 + 16, u32(4)),
      'slice x64: Load command 3 of 4',
      ['x64', 'ppc'],
    ],
  ])('reports %s', (_, bytes, issue, architectures) => {
    const executable = readExecutable(bytes);
    expect(executable.issues.join('\n')).toContain(issue);
    expect(executable.slices?.map(({ architecture }) => architecture)).toEqual(architectures);
    expect(() => readExecutable(bytes, strict)).toThrow(expect.objectContaining({ code: 'INVALID_FORMAT' }));
  });
});
