/**
 * Names of machines, common to the three formats: `x64`, `arm64`, `riscv64` as Node says, `x86`, `ppc64le`. Numbers: the ELF gABI's `e_machine`, the PE
 * specification's machine types, Mach-O's `cputype` (0x01000000 marks the 64-bit variant of a family).
 */
import type { ByteOrder } from './contract.js';

/** ELF machines whose name does not depend on class or byte order. */
const ELF_MACHINES: Readonly<Record<number, string>> = {
  2: 'sparc',
  3: 'x86',
  4: 'm68k',
  15: 'parisc',
  40: 'arm',
  42: 'sh',
  43: 'sparc64',
  50: 'ia64',
  62: 'x64',
  83: 'avr',
  94: 'xtensa',
  183: 'arm64',
  224: 'amdgpu',
  247: 'bpf',
  36902: 'alpha',
};

/** ELF machines with one number for both address widths: `[32-bit, 64-bit]`. */
const ELF_FAMILIES: Readonly<Record<number, readonly [string, string]>> = {
  8: ['mips', 'mips64'],
  22: ['s390', 's390x'],
  243: ['riscv32', 'riscv64'],
  258: ['loong32', 'loong64'],
};

/** Bi-endian architectures: the suffix marks the order that is not the traditional one. */
const ELF_MIPS = 8;
const ELF_PPC = 20;
const ELF_PPC64 = 21;

export function elfArchitecture(machine: number, bits: 32 | 64, byteOrder: ByteOrder): string {
  const little = byteOrder === 'little';
  if (machine === ELF_PPC) return little ? 'ppcle' : 'ppc';
  if (machine === ELF_PPC64) return little ? 'ppc64le' : 'ppc64';
  const family = ELF_FAMILIES[machine]?.[bits === 64 ? 1 : 0];
  if (family) return machine === ELF_MIPS && little ? `${family}el` : family;
  return ELF_MACHINES[machine] ?? unknown(machine);
}

const PE_MACHINES: Readonly<Record<number, string>> = {
  332: 'x86',
  358: 'mipsel',
  418: 'sh',
  448: 'arm',
  450: 'arm',
  452: 'arm',
  496: 'ppcle',
  512: 'ia64',
  20530: 'riscv32',
  20580: 'riscv64',
  25138: 'loong32',
  25188: 'loong64',
  34404: 'x64',
  42561: 'arm64',
  42574: 'arm64',
  43620: 'arm64',
};

export function peArchitecture(machine: number): string {
  return PE_MACHINES[machine] ?? unknown(machine);
}

export function isPeMachine(machine: number): boolean {
  return machine in PE_MACHINES;
}

const MACH_CPU_TYPES: Readonly<Record<number, string>> = {
  7: 'x86',
  12: 'arm',
  18: 'ppc',
  16777223: 'x64',
  16777228: 'arm64',
  16777234: 'ppc64',
  33554444: 'arm64_32',
};

export function machArchitecture(cpuType: number): string {
  return MACH_CPU_TYPES[cpuType] ?? unknown(cpuType);
}

function unknown(machine: number): string {
  return `unknown(0x${machine.toString(16)})`;
}
