import { describe, expect, it } from 'vitest';
import { bareExecutable } from './bare-executable.js';
import type { Executable, Section } from './contract.js';
import { elfFile } from './fixtures/elf-fixture.js';
import { fatFile, machFile } from './fixtures/mach-fixture.js';
import { pack, text, zeros } from './fixtures/pack.js';
import { peImage } from './fixtures/pe-fixture.js';
import { readExecutable } from './read-executable.js';
import { regions } from './regions.js';

/** Regions as `kind name offset+size`. */
function outline(executable: Executable, byteLength: number): string[] {
  return regions(executable, byteLength).map(
    ({ kind, name, offset, size }) => `${kind === name ? '' : `${kind} `}${name} ${offset}+${size}`,
  );
}

function withSections(...places: [name: string, offset: number, size: number][]): Executable {
  const permissions = { read: true, write: false, execute: false };
  const sections = places.map(
    ([name, offset, size]): Section => ({
      name,
      offset,
      size,
      address: 0n,
      memorySize: 0n,
      permissions,
      isCode: false,
    }),
  );
  return { ...bareExecutable('PE', []), header: { name: 'header', offset: 0, size: 10 }, sections };
}

describe('regions', () => {
  it('cuts an ELF file', () => {
    const bytes = elfFile({ sections: [{ name: '.text', flags: 6, data: zeros(24) }] });
    expect(outline(readExecutable(bytes), bytes.length)).toEqual([
      'header 0+64',
      'section .text 64+24',
      'section .shstrtab 88+17',
      'table section headers 105+192',
    ]);
  });

  it('shows what was appended to a PE file as overlay', () => {
    const bytes = pack('little', [peImage(), text('appended')]);
    expect(outline(readExecutable(bytes), bytes.length)).toEqual([
      'header 0+512',
      'section .text 512+512',
      'section .data 1024+512',
      'overlay 1536+8',
    ]);
  });

  it('cuts a fat file slice by slice, each region with the architecture it belongs to', () => {
    const bytes = fatFile([
      { cpuType: 0x1000007, bytes: machFile() },
      { cpuType: 0x100000c, bytes: machFile({ cpuType: 0x100000c }) },
    ]);
    const cut = regions(readExecutable(bytes), bytes.length);
    expect(cut.map(({ name, offset, size, architecture }) => [name, offset, size, architecture])).toEqual([
      ['header', 0, 48, 'x64+arm64'],
      ['gap', 48, 80, 'x64+arm64'],
      ['header', 128, 408, 'x64'],
      ['gap', 536, 8, 'x64'],
      ['__TEXT,__text', 544, 32, 'x64'],
      ['__LINKEDIT', 576, 64, 'x64'],
      ['header', 640, 408, 'arm64'],
      ['gap', 1048, 8, 'arm64'],
      ['__TEXT,__text', 1056, 32, 'arm64'],
      ['__LINKEDIT', 1088, 64, 'arm64'],
    ]);
  });

  it('makes one gap of raw bytes', () => {
    expect(outline(readExecutable(text('hello')), 5)).toEqual(['gap 0+5']);
    expect(outline(readExecutable(zeros(0)), 0)).toEqual([]);
  });

  it('gives bytes that two sections claim to the one that starts first', () => {
    expect(outline(withSections(['b', 30, 20], ['a', 20, 15], ['inside a', 22, 3]), 60)).toEqual([
      'header 0+10',
      'gap 10+10',
      'section a 20+15',
      'section b 35+15',
      'overlay 50+10',
    ]);
  });

  it('keeps the header where a section claims its bytes', () => {
    expect(outline(withSections(['all', 0, 40]), 40)).toEqual(['header 0+10', 'section all 10+30']);
  });

  it('stays within the given size when it is smaller than the file that was read', () => {
    expect(outline(withSections(['a', 10, 40]), 25)).toEqual(['header 0+10', 'section a 10+15']);
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 60])('refuses %s as a file size', (byteLength) => {
    expect(() => regions(withSections(), byteLength)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});
