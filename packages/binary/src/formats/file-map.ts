import type { Executable, Section } from './contract.js';
import { type Region, regions } from './regions.js';

/** Answers what lies at a position of a file, in logarithmic time. Positions outside the file have no answer. */
export class FileMap {
  /** The whole file, cut by {@link regions}. */
  readonly regions: readonly Region[];

  /** @throws PolytokError `INVALID_ARGUMENT` when `byteLength` is not a size */
  constructor(executable: Executable, byteLength: number) {
    this.regions = regions(executable, byteLength);
  }

  regionAt(offset: number): Region | undefined {
    if (!Number.isInteger(offset)) return undefined;
    let low = 0;
    let high = this.regions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const { offset: start, size } = this.regions[middle];
      if (offset < start) high = middle;
      else if (offset >= start + size) low = middle + 1;
      else return this.regions[middle];
    }
    return undefined;
  }

  /** The section that holds the byte; undefined in headers, tables, gaps and overlay. */
  sectionAt(offset: number): Section | undefined {
    return this.regionAt(offset)?.section;
  }

  /** Virtual address of the byte; undefined where it is in no section or its section is not loaded. */
  addressOf(offset: number): bigint | undefined {
    const section = this.sectionAt(offset);
    if (!section || !isLoaded(section)) return undefined;
    return section.address + BigInt(offset - section.offset);
  }
}

function isLoaded({ permissions: { read, write, execute } }: Section): boolean {
  return read || write || execute;
}
