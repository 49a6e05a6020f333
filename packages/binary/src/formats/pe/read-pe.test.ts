import { describe, expect, it } from 'vitest';
import { patch, u16, u32 } from '../fixtures/pack.js';
import { coffObject, peImage } from '../fixtures/pe-fixture.js';
import { readExecutable } from '../read-executable.js';

const strict = { mode: 'strict' } as const;

describe('reading PE', () => {
  it('describes an image', () => {
    expect(readExecutable(peImage(), strict)).toEqual({
      format: 'PE',
      architecture: 'x86',
      bits: 32,
      byteOrder: 'little',
      kind: 'executable',
      entry: 0x401010n,
      header: { name: 'header', offset: 0, size: 0x200 },
      tables: [],
      sections: [
        {
          name: '.text',
          offset: 0x200,
          size: 512,
          address: 0x401000n,
          memorySize: 0x1f0n,
          permissions: { read: true, write: false, execute: true },
          isCode: true,
        },
        {
          name: '.data',
          offset: 0x400,
          size: 512,
          address: 0x402000n,
          memorySize: 0x3000n,
          permissions: { read: true, write: true, execute: false },
          isCode: false,
        },
      ],
      issues: [],
    });
  });

  it('describes an object, with the long section name from its string table', () => {
    expect(readExecutable(coffObject(), strict)).toEqual({
      format: 'PE',
      architecture: 'x64',
      bits: 64,
      byteOrder: 'little',
      kind: 'object',
      header: { name: 'header', offset: 0, size: 100 },
      tables: [
        { name: 'symbols', offset: 124, size: 18 },
        { name: 'strings', offset: 142, size: 20 },
      ],
      sections: [
        {
          name: '.text',
          offset: 100,
          size: 16,
          address: 0n,
          memorySize: 16n,
          permissions: { read: true, write: false, execute: true },
          isCode: true,
        },
        {
          name: '.debug_line_str',
          offset: 116,
          size: 8,
          address: 0n,
          memorySize: 8n,
          permissions: { read: true, write: false, execute: false },
          isCode: false,
        },
      ],
      issues: [],
    });
  });

  it('tells libraries, and leaves out an entry point of 0', () => {
    const library = patch(patch(peImage(), COFF + 18, u16(0x2102)), OPTIONAL + 16, u32(0));
    const executable = readExecutable(library, strict);
    expect(executable.kind).toBe('shared library');
    expect(executable).not.toHaveProperty('entry');
  });

  it('finds the certificates that a signature appends', () => {
    const signed = new Uint8Array(0x640);
    signed.set(patch(patch(peImage(), CERTIFICATES, u32(0x600)), CERTIFICATES + 4, u32(0x40)));
    expect(readExecutable(signed, strict).tables).toEqual([
      { name: 'certificates', offset: 0x600, size: 0x40 },
    ]);
  });

  it.each([
    [0x14c, 'x86'],
    [0x8664, 'x64'],
    [0x1c4, 'arm'],
    [0xaa64, 'arm64'],
    [0x1234, 'unknown(0x1234)'],
  ])('reads machine 0x%x', (machine, architecture) => {
    expect(readExecutable(patch(peImage(), COFF, u16(machine))).architecture).toBe(architecture);
  });
});

/** Positions in the image. */
const COFF = 68;
const OPTIONAL = 88;
const CERTIFICATES = OPTIONAL + 96 + 32;
const TEXT_HEADER = OPTIONAL + 224;

describe('reading damaged PE', () => {
  it.each([
    ['a COFF header that is cut off', peImage().subarray(0, 80), 'COFF header: '],
    ['an optional header that is cut off', peImage().subarray(0, 200), 'optional header: '],
    ['an optional header too small for its kind', patch(peImage(), COFF + 16, u16(40)), 'optional header: '],
    ['an unknown optional header', patch(peImage(), OPTIONAL, u16(0x107)), 'optional header: Magic is 0x107'],
    [
      'more sections than the file holds',
      patch(peImage(), COFF + 2, u16(0xffff)),
      '65535 section headers of 40 bytes at offset 312 do not fit into 1536 bytes; 30 are read.',
    ],
    [
      'a section that starts outside',
      patch(peImage(), TEXT_HEADER + 20, u32(0x80000000)),
      "'.text' declares 512 bytes at offset 2147483648",
    ],
    [
      'a section that reaches outside',
      patch(peImage(), TEXT_HEADER + 16, u32(0xffffffff)),
      'it is cut to 1024',
    ],
    [
      'sections that overlap',
      patch(peImage(), TEXT_HEADER + 20, u32(0x300)),
      "'.data' at offset 1024 overlaps '.text'",
    ],
    [
      'symbols outside',
      patch(patch(peImage(), COFF + 8, u32(0x500)), COFF + 12, u32(0xffffffff)),
      '4294967295 symbols of 18 bytes',
    ],
    [
      'certificates outside',
      patch(patch(peImage(), CERTIFICATES, u32(0x700)), CERTIFICATES + 4, u32(8)),
      "'certificates' declares 8 bytes at offset 1792",
    ],
    [
      'a long name outside the string table',
      patch(coffObject(), 60, u32(0x39392f)),
      "Section name '/99' points outside the string table of 20 bytes.",
    ],
  ])('reports %s', (_, bytes, issue) => {
    const { format, issues } = readExecutable(bytes);
    expect(format).toBe('PE');
    expect(issues.join('\n')).toContain(issue);
    expect(() => readExecutable(bytes, strict)).toThrow(expect.objectContaining({ code: 'INVALID_FORMAT' }));
  });

  it('takes a DOS header with a huge e_lfanew for raw bytes', () => {
    const bytes = patch(peImage(), 0x3c, u32(0xffffffff));
    expect(readExecutable(bytes)).toMatchObject({
      format: 'raw',
      issues: ["The file starts with a DOS header ('MZ') that leads to no PE header."],
    });
    expect(() => readExecutable(bytes, strict)).toThrow(/DOS header/);
  });
});
