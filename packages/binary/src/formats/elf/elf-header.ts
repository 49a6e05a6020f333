import { PolytokError } from '@polytok/common';
import type { ByteReader } from '../byte-reader.js';
import type { ByteOrder } from '../contract.js';
import type { EntryTable } from '../entry-table.js';

/** The fields of an ELF header that matter here; counts that have outgrown 16 bits are resolved. */
export interface ElfHeader {
  readonly bits: 32 | 64;
  readonly byteOrder: ByteOrder;
  readonly type: number;
  readonly machine: number;
  readonly entry: bigint;
  /** Bytes. */
  readonly size: number;
  readonly programHeaders: EntryTable;
  readonly sectionHeaders: EntryTable;
  /** Section that holds the section names; 0 for none. */
  readonly nameSection: number;
}

/** Class and byte order, which decide how the rest is read. @throws PolytokError `INVALID_FORMAT` */
export function readIdentity(bytes: Uint8Array): { bits: 32 | 64; byteOrder: ByteOrder } {
  const [, , , , elfClass, data] = bytes;
  if ((elfClass !== 1 && elfClass !== 2) || (data !== 1 && data !== 2)) {
    throw new PolytokError(
      'INVALID_FORMAT',
      `Class ${elfClass} and data encoding ${data} must each be 1 or 2 (32 or 64 bits; little or big endian).`,
      { details: { class: elfClass, data } },
    );
  }
  return { bits: elfClass === 1 ? 32 : 64, byteOrder: data === 1 ? 'little' : 'big' };
}

/** `e_phnum`: the real count is in section 0, because it does not fit. */
const PN_XNUM = 0xffff;
/** `e_shstrndx`: the real index is in section 0. */
const SHN_XINDEX = 0xffff;

/** Reads the header of an ELF file (System V gABI, chapter 4). @throws PolytokError `INVALID_FORMAT` when truncated */
export function readElfHeader(reader: ByteReader, bits: 32 | 64): ElfHeader {
  const word = bits / 8;
  // Three address-sized fields (entry, program headers, section headers) shift what follows them.
  const tail = 24 + 3 * word;
  const sectionHeadersAt = reader.extent(24 + 2 * word, bits);
  const programHeaders = reader.u16(tail + 8);
  const sections = reader.u16(tail + 12);
  const nameSection = reader.u16(tail + 14);
  const readFirstSection = (field: number) =>
    reader.holds(sectionHeadersAt + field, 4) ? reader.u32(sectionHeadersAt + field) : 0;
  return {
    bits,
    byteOrder: reader.byteOrder,
    type: reader.u16(16),
    machine: reader.u16(18),
    entry: reader.word(24, bits),
    size: tail + 16,
    programHeaders: {
      name: 'program headers',
      offset: reader.extent(24 + word, bits),
      count: programHeaders === PN_XNUM ? readFirstSection(12 + 4 * word) : programHeaders,
      entrySize: reader.u16(tail + 6),
    },
    sectionHeaders: {
      name: 'section headers',
      offset: sectionHeadersAt,
      count:
        sections === 0 && sectionHeadersAt > 0 ? extendedCount(reader, sectionHeadersAt, bits) : sections,
      entrySize: reader.u16(tail + 10),
    },
    nameSection: nameSection === SHN_XINDEX ? readFirstSection(8 + 4 * word) : nameSection,
  };
}

/** `e_shnum` 0 with a table: the count is the size field of section 0. */
function extendedCount(reader: ByteReader, sectionHeadersAt: number, bits: 32 | 64): number {
  const at = sectionHeadersAt + 8 + 3 * (bits / 8);
  return reader.holds(at, bits / 8) ? reader.extent(at, bits) : 1;
}
