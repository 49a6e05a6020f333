import { describe, expect, it } from 'vitest';
import { MACH_TEXT_OFFSET, machFile } from '../fixtures/mach-fixture.js';
import { patch, u32, u64 } from '../fixtures/pack.js';
import { readExecutable } from '../read-executable.js';

const strict = { mode: 'strict' } as const;
const file = machFile();
/** Load commands: `__TEXT` with one section at 32, `__DATA` with one at 184, `__LINKEDIT` at 336. */
const TEXT_SEGMENT = 32;
const TEXT_SECTION = TEXT_SEGMENT + 72;
const LINKEDIT_SEGMENT = 336;

describe('reading Mach-O', () => {
  it('describes sections within segments, and segments without sections', () => {
    expect(readExecutable(file, strict)).toEqual({
      format: 'Mach-O',
      architecture: 'x64',
      bits: 64,
      byteOrder: 'little',
      kind: 'executable',
      header: { name: 'header', offset: 0, size: 408 },
      tables: [],
      sections: [
        {
          name: '__TEXT,__text',
          offset: MACH_TEXT_OFFSET,
          size: 32,
          address: 0x11a0n,
          memorySize: 32n,
          permissions: { read: true, write: false, execute: true },
          isCode: true,
        },
        {
          name: '__DATA,__bss',
          offset: 0,
          size: 0,
          address: 0x2000n,
          memorySize: 0x1000n,
          permissions: { read: true, write: true, execute: false },
          isCode: false,
        },
        {
          name: '__LINKEDIT',
          offset: 448,
          size: 64,
          address: 0x3000n,
          memorySize: 64n,
          permissions: { read: true, write: false, execute: false },
          isCode: false,
        },
      ],
      issues: [],
    });
  });

  it.each([
    [32, 'big', 0x12, 'ppc'],
    [32, 'little', 0x7, 'x86'],
    [32, 'little', 0xc, 'arm'],
    [64, 'big', 0x1000012, 'ppc64'],
    [64, 'little', 0x100000c, 'arm64'],
    [64, 'little', 0x1234, 'unknown(0x1234)'],
  ] as const)('reads %d bits, %s-endian, CPU type 0x%x as %s', (bits, byteOrder, cpuType, architecture) => {
    const executable = readExecutable(machFile({ bits, byteOrder, cpuType }), strict);
    expect(executable).toMatchObject({ architecture, bits, byteOrder });
    expect(
      executable.sections.map(({ name, offset, size, address }) => [name, offset, size, address]),
    ).toEqual([
      ['__TEXT,__text', 416, 32, 0x11a0n],
      ['__DATA,__bss', 0, 0, 0x2000n],
      ['__LINKEDIT', 448, 64, 0x3000n],
    ]);
  });
});

describe('reading damaged Mach-O', () => {
  it.each([
    ['a truncated header', file.subarray(0, 20), 'Mach-O header: ', 0],
    [
      'a header with nothing behind it',
      file.subarray(0, 32),
      'Load commands take 376 bytes after a header of 32, but the file has 32 bytes.',
      0,
    ],
    [
      '2^32 - 1 load commands',
      patch(file, 16, u32(0xffffffff)),
      'Load command 3 of 4294967295 at offset 408 has 0 bytes; 8 to 0 are possible.',
      3,
    ],
    [
      'load commands of 2^32 - 1 bytes',
      patch(file, 20, u32(0xffffffff)),
      'Load commands take 4294967295 bytes',
      3,
    ],
    [
      'a load command of no bytes',
      patch(file, TEXT_SEGMENT + 4, u32(0)),
      'Load command 0 of 3 at offset 32 has 0 bytes; 8 to 376 are possible.',
      0,
    ],
    [
      'a huge load command',
      patch(file, LINKEDIT_SEGMENT + 4, u32(0xfffffff8)),
      'Load command 2 of 3 at offset 336 has 4294967288 bytes',
      2,
    ],
    [
      'a command too small for a segment',
      patch(file, LINKEDIT_SEGMENT + 4, u32(16)),
      'segment at offset 336: ',
      2,
    ],
    [
      'more sections than the command holds',
      patch(file, TEXT_SEGMENT + 64, u32(0xffffffff)),
      '4294967295 sections of __TEXT of 80 bytes at offset 72 do not fit into 152 bytes; 1 are read.',
      3,
    ],
    ['a section that reaches outside', patch(file, TEXT_SECTION + 40, u64(2n ** 63n)), 'it is cut to 96', 3],
    ['a section that starts outside', patch(file, TEXT_SECTION + 48, u32(513)), 'it is left out', 2],
    [
      'a segment that reaches outside',
      patch(file, LINKEDIT_SEGMENT + 48, u64(65)),
      "'__LINKEDIT' declares 65 bytes at offset 448",
      3,
    ],
    [
      'sections that overlap',
      patch(file, TEXT_SECTION + 40, u64(33)),
      "'__LINKEDIT' at offset 448 overlaps '__TEXT,__text', which ends at 449.",
      3,
    ],
  ])('reports %s', (_, bytes, issue, sections) => {
    const executable = readExecutable(bytes);
    expect(executable.format).toBe('Mach-O');
    expect(executable.issues.join('\n')).toContain(issue);
    expect(executable.sections).toHaveLength(sections);
    expect(() => readExecutable(bytes, strict)).toThrow(expect.objectContaining({ code: 'INVALID_FORMAT' }));
  });
});
