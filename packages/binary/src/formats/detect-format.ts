import { ByteReader } from './byte-reader.js';
import type { ExecutableFormat } from './contract.js';
import { readFatHeader } from './mach-o/fat-header.js';
import { MACH_MAGICS } from './mach-o/mach-header.js';
import { locateCoff } from './pe/locate-coff.js';

const ELF_MAGIC = 0x7f454c46;

/**
 * Tells the format by its magic in constant time; null for everything else, such as text, DOS programs, Java
 * classes or fat archives of static libraries. That a format is detected does not mean that the file is sound.
 */
export function detectFormat(bytes: Uint8Array): ExecutableFormat | null {
  const reader = new ByteReader(bytes, 'big');
  if (!reader.holds(0, 4)) return null;
  const magic = reader.u32(0);
  if (magic === ELF_MAGIC) return 'ELF';
  if (MACH_MAGICS.has(magic)) return 'Mach-O';
  if (readFatHeader(bytes)) return 'Mach-O fat';
  return locateCoff(bytes) === undefined ? null : 'PE';
}
