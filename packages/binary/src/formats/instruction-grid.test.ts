import { describe, expect, it } from 'vitest';
import { instructionGrid } from './instruction-grid.js';

describe('instructionGrid', () => {
  it.each([
    ['arm64', 4],
    ['ppc64le', 4],
    ['mips64el', 4],
    ['loong64', 4],
    ['s390x', 2],
    ['riscv64', 2],
    ['arm', 2],
    ['x64', undefined],
    ['x86', undefined],
    ['unknown(0xbeef)', undefined],
    ['toString', undefined],
  ])('of %s is %s', (architecture, grid) => {
    expect(instructionGrid(architecture)).toBe(grid);
  });
});
