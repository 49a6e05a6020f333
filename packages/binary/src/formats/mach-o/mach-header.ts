import type { ByteReader } from '../byte-reader.js';

/** First four bytes as they lie in the file, read big-endian. */
export const MACH_MAGICS: ReadonlyMap<
  number,
  { readonly bits: 32 | 64; readonly byteOrder: 'little' | 'big' }
> = new Map([
  [0xfeedface, { bits: 32, byteOrder: 'big' }],
  [0xfeedfacf, { bits: 64, byteOrder: 'big' }],
  [0xcefaedfe, { bits: 32, byteOrder: 'little' }],
  [0xcffaedfe, { bits: 64, byteOrder: 'little' }],
]);

/** The Mach-O header (`mach-o/loader.h`). */
export interface MachHeader {
  readonly cpuType: number;
  readonly fileType: number;
  readonly commandCount: number;
  /** Bytes of all load commands. */
  readonly commandBytes: number;
  /** Bytes of the header itself; the load commands follow. */
  readonly size: number;
}

/** @throws PolytokError `INVALID_FORMAT` when truncated */
export function readMachHeader(reader: ByteReader, bits: 32 | 64): MachHeader {
  return {
    cpuType: reader.u32(4),
    fileType: reader.u32(12),
    commandCount: reader.u32(16),
    commandBytes: reader.u32(20),
    size: reader.part(0, bits === 64 ? 32 : 28).length,
  };
}
