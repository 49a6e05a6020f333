import type { Executable, FileRange } from './contract.js';

/** An executable of which nothing is known yet: the start for readers, and what remains of a destroyed header. */
export function bareExecutable(format: Executable['format'], issues: readonly string[]): Executable {
  return {
    format,
    architecture: 'unknown',
    bits: undefined,
    byteOrder: undefined,
    kind: 'other',
    header: headerRange(0),
    tables: [],
    sections: [],
    issues,
  };
}

/** The leading header of `size` bytes. */
export function headerRange(size: number): FileRange {
  return { name: 'header', offset: 0, size };
}
