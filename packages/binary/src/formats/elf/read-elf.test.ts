import { describe, expect, it } from 'vitest';
import { elfFile } from '../fixtures/elf-fixture.js';
import { patch, text, u8, u16, u32, u64 } from '../fixtures/pack.js';
import { readExecutable } from '../read-executable.js';

const code = new Uint8Array(24).fill(0x90);
const sections = [
  { name: '.text', flags: 0x6, address: 0x401000, data: code },
  { name: '.data', flags: 0x3, address: 0x402000, data: text('data') },
  { name: '.bss', type: 8, flags: 0x3, address: 0x403000, size: 0x5000 },
  { name: '.comment', data: text('made by hand') },
];
/** Header 64, .text 64-87, .data 88-91, .comment 92-103, .shstrtab 104-140, section headers from 141. */
const file = elfFile({ entry: 0x401008, sections });
const SECTION_TABLE = 141;
const strict = { mode: 'strict' } as const;
const none = { read: false, write: false, execute: false };

describe('reading ELF', () => {
  it('describes header and sections', () => {
    expect(readExecutable(file, strict)).toEqual({
      format: 'ELF',
      architecture: 'x64',
      bits: 64,
      byteOrder: 'little',
      kind: 'executable',
      entry: 0x401008n,
      header: { name: 'header', offset: 0, size: 64 },
      tables: [{ name: 'section headers', offset: 141, size: 384 }],
      sections: [
        {
          name: '.text',
          offset: 64,
          size: 24,
          address: 0x401000n,
          memorySize: 24n,
          permissions: { read: true, write: false, execute: true },
          isCode: true,
        },
        {
          name: '.data',
          offset: 88,
          size: 4,
          address: 0x402000n,
          memorySize: 4n,
          permissions: { read: true, write: true, execute: false },
          isCode: false,
        },
        {
          name: '.bss',
          offset: 92,
          size: 0,
          address: 0x403000n,
          memorySize: 0x5000n,
          permissions: { read: true, write: true, execute: false },
          isCode: false,
        },
        {
          name: '.comment',
          offset: 92,
          size: 12,
          address: 0n,
          memorySize: 0n,
          permissions: none,
          isCode: false,
        },
        {
          name: '.shstrtab',
          offset: 104,
          size: 37,
          address: 0n,
          memorySize: 0n,
          permissions: none,
          isCode: false,
        },
      ],
      issues: [],
    });
  });

  it.each([
    [32, 'little', 3, 'x86'],
    [32, 'little', 40, 'arm'],
    [32, 'big', 8, 'mips'],
    [32, 'little', 243, 'riscv32'],
    [64, 'big', 22, 's390x'],
    [64, 'big', 21, 'ppc64'],
    [64, 'little', 21, 'ppc64le'],
    [64, 'little', 8, 'mips64el'],
    [64, 'little', 243, 'riscv64'],
    [64, 'little', 258, 'loong64'],
    [64, 'little', 183, 'arm64'],
    [64, 'little', 0xbeef, 'unknown(0xbeef)'],
  ] as const)('reads %d bits, %s-endian, machine %d as %s', (bits, byteOrder, machine, architecture) => {
    const bytes = elfFile({ bits, byteOrder, machine, entry: 0x8000, sections });
    const executable = readExecutable(bytes, strict);
    expect(executable).toMatchObject({ architecture, bits, byteOrder, entry: 0x8000n });
    expect(executable.sections.map(({ name, size }) => [name, size])).toEqual([
      ['.text', 24],
      ['.data', 4],
      ['.bss', 0],
      ['.comment', 12],
      ['.shstrtab', 37],
    ]);
    expect(executable.sections[0].offset).toBe(bits === 64 ? 64 : 52);
  });

  it('tells a position-independent program from a library by its interpreter', () => {
    const interpreter = { type: 3, flags: 4, offset: 0, address: 0, size: 0, memorySize: 0 };
    expect(readExecutable(elfFile({ type: 3, sections })).kind).toBe('shared library');
    expect(readExecutable(elfFile({ type: 3, sections, segments: [interpreter] })).kind).toBe('executable');
    expect(readExecutable(elfFile({ type: 1, sections })).kind).toBe('object');
  });

  it('takes loaded segments for sections when the section table was stripped', () => {
    const segments = [
      { type: 1, flags: 5, offset: 0, address: 0x10000, size: 116, memorySize: 116 },
      { type: 0x6474e551, flags: 6, offset: 0, address: 0, size: 0, memorySize: 0 },
      { type: 1, flags: 6, offset: 0, address: 0x20000, size: 0, memorySize: 64 },
    ];
    const executable = readExecutable(elfFile({ bits: 32, byteOrder: 'big', machine: 20, segments }));
    expect(executable.tables).toEqual([{ name: 'program headers', offset: 52, size: 96 }]);
    expect(executable.sections).toEqual([
      {
        name: 'LOAD 0',
        offset: 0,
        size: 116,
        address: 0x10000n,
        memorySize: 116n,
        permissions: { read: true, write: false, execute: true },
        isCode: true,
      },
      {
        name: 'LOAD 1',
        offset: 0,
        size: 0,
        address: 0x20000n,
        memorySize: 64n,
        permissions: { read: true, write: true, execute: false },
        isCode: false,
      },
    ]);
  });

  it('finds counts that have outgrown the header in section 0', () => {
    const executable = readExecutable(elfFile({ sections, extendedNumbering: true }), strict);
    expect(executable.sections.map(({ name }) => name)).toEqual([
      '.text',
      '.data',
      '.bss',
      '.comment',
      '.shstrtab',
    ]);
  });
});

/** Offset of a field of the n-th section header. */
const inSection = (index: number, field: number) => SECTION_TABLE + 64 * index + field;
const NAME = 0;
const OFFSET = 24;
const SIZE = 32;

describe('reading damaged ELF', () => {
  it.each([
    ['an impossible class', patch(file, 4, u8(3)), 'ELF identity: Class 3 and data encoding 1'],
    ['a truncated header', file.subarray(0, 40), 'ELF header: '],
    ['section headers beyond the end', patch(file, 40, u64(2n ** 63n)), '6 section headers of 64 bytes'],
    [
      'entries too small to hold a section',
      patch(file, 58, u16(8)),
      'The section headers have 8 bytes each; at least 64 are needed.',
    ],
    [
      'a name table that does not exist',
      patch(file, 62, u16(77)),
      'Section names are said to be in section 77, but there are 6 sections.',
    ],
    [
      'a name outside the name table',
      patch(file, inSection(1, NAME), u32(5000)),
      'Section 1 has its name at 5000 of a name table of 37 bytes.',
    ],
    [
      'a name table cut before the last NUL',
      patch(file, inSection(5, SIZE), u64(36)),
      'The name of section 5 does not end within 9 bytes.',
    ],
    [
      'a section that starts outside',
      patch(file, inSection(2, OFFSET), u64(1e6)),
      "'.data' declares 4 bytes at offset 1000000, but the file has 525 bytes; it is left out.",
    ],
    [
      'a section that reaches outside',
      patch(file, inSection(4, SIZE), u64(2n ** 64n - 1n)),
      "'.comment' declares 18446744073709552000 bytes at offset 92, but the file has 525 bytes; it is cut to 433.",
    ],
    [
      'sections that overlap',
      patch(file, inSection(2, OFFSET), u64(70)),
      "'.data' at offset 70 overlaps '.text', which ends at 88.",
    ],
  ])('reports %s', (_, bytes, issue) => {
    const { format, issues } = readExecutable(bytes);
    expect(format).toBe('ELF');
    expect(issues[0]).toContain(issue);
    expect(() => readExecutable(bytes, strict)).toThrow(expect.objectContaining({ code: 'INVALID_FORMAT' }));
  });

  it('keeps the sections that are intact', () => {
    const { sections } = readExecutable(patch(file, inSection(2, OFFSET), u64(1e6)));
    expect(sections.map(({ name }) => name)).toEqual(['.text', '.bss', '.comment', '.shstrtab']);
  });

  it('numbers sections whose names are lost', () => {
    const { sections } = readExecutable(patch(file, 62, u16(77)));
    expect(sections.map(({ name }) => name)).toEqual([
      'section 1',
      'section 2',
      'section 3',
      'section 4',
      'section 5',
    ]);
  });

  it('reads no more sections than the file holds when section 0 claims 2^32', () => {
    const bytes = patch(elfFile({ sections, extendedNumbering: true }), inSection(0, SIZE), u64(2 ** 32));
    const { sections: found, issues } = readExecutable(bytes);
    expect(issues[0]).toContain(
      '4294967296 section headers of 64 bytes at offset 141 do not fit into 525 bytes; 6 are read.',
    );
    expect(found).toHaveLength(5);
  });

  it('stops at the section limit', () => {
    const count = (1 << 18) + 10;
    const bytes = new Uint8Array(64 + count * 64);
    bytes.set(patch(patch(elfFile(), 40, u64(64)), 58, u16(64)));
    const claimed = patch(bytes, 64 + SIZE, u64(count));
    const { issues } = readExecutable(claimed);
    expect(issues).toEqual(['262154 section headers exceed the limit of 262144; the rest is not read.']);
    expect(() => readExecutable(claimed, strict)).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });
});
