/**
 * What the readers of ELF, PE and Mach-O files have in common.
 *
 * They guarantee: every offset and size they return lies within the bytes they were given; offsets count from
 * the first of those bytes, also in slices of a fat file; time and memory grow with the size of the file,
 * whatever its headers claim.
 *
 * They do not: decode instructions, symbols, relocations or imports, or promise that an operating system would
 * load the file. Quantities of the file are numbers, quantities of the address space are bigints.
 */

/** What {@link detectFormat} tells apart. */
export type ExecutableFormat = 'ELF' | 'PE' | 'Mach-O' | 'Mach-O fat';

export type ByteOrder = 'little' | 'big';

/**
 * 'strict' throws at the first thing that contradicts the format; 'lenient' never throws over content: it
 * clamps or leaves out what cannot be trusted and says so in `issues`.
 */
export type ReadMode = 'strict' | 'lenient';

export type ExecutableKind =
  | 'executable'
  | 'shared library'
  | 'object'
  | 'core dump'
  | 'debug symbols'
  /** A kind without a name here, or a header too damaged to tell. */
  | 'other';

/** A named run of bytes in the file. */
export interface FileRange {
  readonly name: string;
  /** First byte. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

export interface Permissions {
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: boolean;
}

/**
 * A section as its header declares it, cut to what the file holds. Mach-O names are `segment,section`; a
 * segment without sections counts as one. Bytes of a name that do not print are shown as `\xNN`.
 */
export interface Section extends FileRange {
  /** Bytes in the file; 0 for memory that starts as zeros (.bss). */
  readonly size: number;
  /** Virtual address of the first byte, image base included. 0 in objects and where nothing is loaded. */
  readonly address: bigint;
  /** Bytes in memory; 0 when it is not loaded. */
  readonly memorySize: bigint;
  readonly permissions: Permissions;
  /** Its header says that it holds instructions. */
  readonly isCode: boolean;
}

export interface Executable {
  /** 'raw' for bytes that are none of the formats (lenient mode only). */
  readonly format: ExecutableFormat | 'raw';
  /**
   * `x64`, `arm64`, `mips64el`, …; `unknown(0x…)` for a machine without a name here, `unknown` when the header
   * does not say. For a fat file those of its slices, joined by '+'.
   */
  readonly architecture: string;
  /** Width of addresses (for a fat file: of its slice offsets); undefined when unknown. */
  readonly bits: 32 | 64 | undefined;
  readonly byteOrder: ByteOrder | undefined;
  readonly kind: ExecutableKind;
  /** Virtual address where execution starts, where the header gives one. */
  readonly entry?: bigint;
  /** The leading header; in PE with the DOS stub and the section table, in Mach-O with the load commands. */
  readonly header: FileRange;
  /** Further tables outside sections: program headers, section headers, symbols, certificates. */
  readonly tables: readonly FileRange[];
  /** In the order of the file's own table; for a fat file those of all slices. */
  readonly sections: readonly Section[];
  /** The executables in a fat file. */
  readonly slices?: readonly Executable[];
  /** What lenient reading clamped, dropped or could not read. Empty for a sound file. */
  readonly issues: readonly string[];
}
