/** Bytes between places where an instruction may start, for machines with such a grid. */
const GRIDS: Readonly<Record<string, number>> = {
  alpha: 4,
  // Thumb code mixes 2- and 4-byte instructions.
  arm: 2,
  arm64: 4,
  arm64_32: 4,
  ia64: 16,
  loong32: 4,
  loong64: 4,
  m68k: 2,
  mips: 4,
  mipsel: 4,
  mips64: 4,
  mips64el: 4,
  parisc: 4,
  ppc: 4,
  ppcle: 4,
  ppc64: 4,
  ppc64le: 4,
  // The compressed extension has 2-byte instructions.
  riscv32: 2,
  riscv64: 2,
  s390: 2,
  s390x: 2,
  sh: 2,
  sparc: 4,
  sparc64: 4,
};

/**
 * Every instruction of the architecture starts at a multiple of this many bytes, counted in addresses.
 * Undefined where instructions start anywhere (x86, x64) or the architecture is unknown.
 */
export function instructionGrid(architecture: string): number | undefined {
  return Object.hasOwn(GRIDS, architecture) ? GRIDS[architecture] : undefined;
}
