import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Executable, Section } from './contract.js';
import { FileMap } from './file-map.js';
import { readExecutable } from './read-executable.js';

/** Names, places and addresses below were compared with what LIEF reads (`benchmarks/binary/compare-lief.mjs`). */
const require = createRequire(import.meta.url);
const prebuilds = path.join(path.dirname(require.resolve('bufferutil/package.json')), 'prebuilds');

function read(file: string): { bytes: Uint8Array; executable: Executable } {
  const bytes = new Uint8Array(readFileSync(file));
  return { bytes, executable: readExecutable(bytes, { mode: 'strict' }) };
}

/** `name offset+size @address permissions`, as in a section table. */
function outline({
  name,
  offset,
  size,
  address,
  permissions: { read, write, execute },
  isCode,
}: Section): string {
  const flags = `${read ? 'r' : '-'}${write ? 'w' : '-'}${execute ? 'x' : '-'}`;
  return `${name} ${offset}+${size} @${address.toString(16)} ${flags}${isCode ? ' code' : ''}`;
}

describe.each([
  {
    target: 'linux-x64',
    expected: { format: 'ELF', architecture: 'x64', bits: 64, kind: 'shared library' },
    header: 64,
    sections: [
      '.note.gnu.property 680+32 @2a8 r--',
      '.note.gnu.build-id 712+36 @2c8 r--',
      '.gnu.hash 752+48 @2f0 r--',
      '.dynsym 800+384 @320 r--',
      '.dynstr 1184+306 @4a0 r--',
      '.gnu.version 1490+32 @5d2 r--',
      '.gnu.version_r 1528+48 @5f8 r--',
      '.rela.dyn 1576+312 @628 r--',
      '.rela.plt 1888+192 @760 r--',
      '.init 4096+27 @1000 r-x code',
      '.plt 4128+144 @1020 r-x code',
      '.plt.got 4272+16 @10b0 r-x code',
      '.plt.sec 4288+128 @10c0 r-x code',
      '.text 4416+2115 @1140 r-x code',
      '.fini 6532+13 @1984 r-x code',
      '.rodata 8192+73 @2000 r--',
      '.eh_frame_hdr 8268+68 @204c r--',
      '.eh_frame 8336+256 @2090 r--',
      '.init_array 11752+16 @3de8 rw-',
      '.fini_array 11768+8 @3df8 rw-',
      '.dynamic 11776+464 @3e00 rw-',
      '.got 12240+48 @3fd0 rw-',
      '.got.plt 12288+88 @4000 rw-',
      '.data 12384+104 @4060 rw-',
      '.bss 12488+0 @40c8 rw-',
      '.comment 12488+45 @0 ---',
      '.shstrtab 12533+253 @0 ---',
    ],
  },
  {
    target: 'win32-x64',
    expected: { format: 'PE', architecture: 'x64', bits: 64, kind: 'shared library', entry: 0x180001b14n },
    header: 1024,
    sections: [
      '.text 1024+95744 @180001000 r-x code',
      '.rdata 96768+46592 @180019000 r--',
      '.data 143360+3072 @180025000 rw-',
      '.pdata 146432+5632 @180027000 r--',
      '.fptable 152064+512 @180029000 rw-',
      '.rsrc 152576+512 @18002a000 r--',
      '.reloc 153088+2048 @18002b000 r--',
    ],
  },
  {
    target: 'win32-ia32',
    expected: { format: 'PE', architecture: 'x86', bits: 32, kind: 'shared library', entry: 0x10001995n },
    header: 1024,
    sections: [
      '.text 1024+89088 @10001000 r-x code',
      '.rdata 90112+30208 @10017000 r--',
      '.data 120320+2560 @1001f000 rw-',
      '.fptable 122880+512 @10021000 rw-',
      '.rsrc 123392+512 @10022000 r--',
      '.reloc 123904+5120 @10023000 r--',
    ],
  },
  {
    target: 'darwin-x64',
    expected: { format: 'Mach-O', architecture: 'x64', bits: 64, kind: 'shared library' },
    header: 1296,
    sections: [
      '__TEXT,__text 1352+1541 @548 r-x code',
      '__TEXT,__stubs 2893+48 @b4d r-x code',
      '__TEXT,__stub_helper 2941+96 @b7d r-x code',
      '__TEXT,__cstring 3037+91 @bdd r-x',
      '__TEXT,__unwind_info 3128+104 @c38 r-x',
      '__DATA,__got 4096+16 @1000 rw-',
      '__DATA,__mod_init_func 4112+8 @1010 rw-',
      '__DATA,__la_symbol_ptr 4120+64 @1018 rw-',
      '__DATA,__data 4184+80 @1058 rw-',
      '__LINKEDIT 8192+880 @2000 r--',
    ],
  },
  {
    target: 'darwin-arm64',
    expected: { format: 'Mach-O', architecture: 'arm64', bits: 64, kind: 'shared library' },
    header: 1344,
    sections: [
      '__TEXT,__text 1400+1780 @578 r-x code',
      '__TEXT,__stubs 3180+96 @c6c r-x code',
      '__TEXT,__stub_helper 3276+120 @ccc r-x code',
      '__TEXT,__cstring 3396+91 @d44 r-x',
      '__TEXT,__unwind_info 3488+104 @da0 r-x',
      '__DATA,__got 16384+16 @4000 rw-',
      '__DATA,__mod_init_func 16400+8 @4010 rw-',
      '__DATA,__la_symbol_ptr 16408+64 @4018 rw-',
      '__DATA,__data 16472+80 @4058 rw-',
      '__LINKEDIT 32768+1296 @8000 r--',
    ],
  },
])('bufferutil for $target', ({ target, expected, header, sections }) => {
  const { executable } = read(path.join(prebuilds, target, 'bufferutil.node'));

  it('has the header that LIEF reads', () => {
    expect(executable).toMatchObject({ ...expected, byteOrder: 'little', issues: [] });
    expect(executable.header).toEqual({ name: 'header', offset: 0, size: header });
  });

  it('has the sections that LIEF reads', () => {
    expect(executable.sections.map(outline)).toEqual(sections);
  });
});

/** The program that bundlers here run, as its own package installs it. */
function esbuildProgram(): string {
  const fromEsbuild = createRequire(createRequire(require.resolve('tsup')).resolve('esbuild'));
  const home = path.dirname(fromEsbuild.resolve(`@esbuild/${process.platform}-${process.arch}/package.json`));
  return path.join(home, process.platform === 'win32' ? 'esbuild.exe' : 'bin/esbuild');
}

/** Where Node's names differ. */
const ARCHITECTURES: Readonly<Record<string, string>> = { ia32: 'x86', ppc64: 'ppc64le' };

describe.each([
  ['the running Node', process.execPath],
  ['esbuild', esbuildProgram()],
])('%s', (_, file) => {
  const { bytes, executable } = read(file);
  const map = new FileMap(executable, bytes.length);

  it('is an executable for this machine without a contradiction', () => {
    const format = { linux: 'ELF', win32: 'PE', darwin: 'Mach-O' }[process.platform as string];
    expect(executable).toMatchObject({
      format,
      architecture: ARCHITECTURES[process.arch] ?? process.arch,
      kind: 'executable',
      issues: [],
    });
  });

  // Old-style thread commands, which Go still writes for macOS on x64, give no entry.
  it.runIf(executable.entry !== undefined)('starts in code', () => {
    const loaded = executable.sections.filter(({ memorySize }) => memorySize > 0n);
    const start = loaded.find(
      ({ address, memorySize }) => executable.entry! >= address && executable.entry! < address + memorySize,
    );
    expect(start?.isCode).toBe(true);
  });

  it('maps every section onto itself', () => {
    const stored = executable.sections.filter(({ size, permissions }) => size > 0 && permissions.read);
    expect(stored.length).toBeGreaterThan(3);
    for (const section of stored) {
      expect(map.sectionAt(section.offset)).toBe(section);
      expect(map.addressOf(section.offset + section.size - 1)).toBe(
        section.address + BigInt(section.size - 1),
      );
    }
  });
});
