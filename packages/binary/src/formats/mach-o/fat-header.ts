import { ByteReader } from '../byte-reader.js';
import { MAX_FAT_SLICES } from '../limits.js';
import { MACH_MAGICS } from './mach-header.js';

/** One executable in a fat file, as the fat header declares it. */
export interface FatSlice {
  readonly cpuType: number;
  readonly offset: number;
  readonly size: number;
}

export interface FatHeader {
  /** Width of the slices' offsets. */
  readonly bits: 32 | 64;
  /** Bytes. */
  readonly size: number;
  readonly slices: readonly FatSlice[];
}

const FAT_MAGIC = 0xcafebabe;
const FAT_MAGIC_64 = 0xcafebabf;

/**
 * The header of a fat file (`mach-o/fat.h`; big-endian whatever the slices are), or undefined for anything else.
 * Java class files have the same magic: a fat file has few slices, a complete table, and at least one slice that
 * starts like a Mach-O file.
 */
export function readFatHeader(bytes: Uint8Array): FatHeader | undefined {
  const reader = new ByteReader(bytes, 'big');
  if (!reader.holds(0, 8)) return undefined;
  const magic = reader.u32(0);
  if (magic !== FAT_MAGIC && magic !== FAT_MAGIC_64) return undefined;
  const bits = magic === FAT_MAGIC ? 32 : 64;
  const count = reader.u32(4);
  const entrySize = bits === 32 ? 20 : 32;
  const size = 8 + count * entrySize;
  if (count < 1 || count > MAX_FAT_SLICES || !reader.holds(0, size)) return undefined;
  const slices = Array.from({ length: count }, (_, index): FatSlice => {
    const at = 8 + index * entrySize;
    return {
      cpuType: reader.u32(at),
      offset: reader.extent(at + 8, bits),
      size: reader.extent(at + 8 + bits / 8, bits),
    };
  });
  const isMachO = ({ offset }: FatSlice) =>
    offset >= size && reader.holds(offset, 4) && MACH_MAGICS.has(reader.u32(offset));
  return slices.some(isMachO) ? { bits, size, slices } : undefined;
}
