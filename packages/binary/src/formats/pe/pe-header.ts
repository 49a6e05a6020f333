import { PolytokError } from '@polytok/common';
import type { ByteReader } from '../byte-reader.js';
import type { EntryTable } from '../entry-table.js';

/** The COFF file header and what follows from it. */
export interface CoffHeader {
  readonly machine: number;
  readonly characteristics: number;
  /** Where the optional header starts; empty in objects. */
  readonly optionalHeader: { readonly offset: number; readonly size: number };
  readonly sectionHeaders: EntryTable;
  /** `offset` 0 when there is none. */
  readonly symbols: EntryTable;
}

export const COFF_HEADER_SIZE = 20;
export const PE_SECTION_HEADER_SIZE = 40;
export const COFF_SYMBOL_SIZE = 18;

/** Reads the COFF header at `at` (PE format specification, section 3.3). @throws PolytokError `INVALID_FORMAT` */
export function readCoffHeader(reader: ByteReader, at: number): CoffHeader {
  const optionalHeader = { offset: at + COFF_HEADER_SIZE, size: reader.u16(at + 16) };
  return {
    machine: reader.u16(at),
    characteristics: reader.u16(at + 18),
    optionalHeader,
    sectionHeaders: {
      name: 'section headers',
      offset: optionalHeader.offset + optionalHeader.size,
      count: reader.u16(at + 2),
      entrySize: PE_SECTION_HEADER_SIZE,
    },
    symbols: {
      name: 'symbols',
      offset: reader.u32(at + 8),
      count: reader.u32(at + 12),
      entrySize: COFF_SYMBOL_SIZE,
    },
  };
}

/** What an image adds to COFF: the header that the loader needs. */
export interface OptionalHeader {
  readonly bits: 32 | 64;
  readonly imageBase: bigint;
  /** Relative to the image base; 0 for none. */
  readonly entry: number;
  /** Bytes of all headers, rounded up to the file alignment. */
  readonly headersSize: number;
  /** Signatures appended to the file; the one data directory that gives a file offset. */
  readonly certificates: { readonly offset: number; readonly size: number };
}

const PE32 = 0x10b;
const PE32_PLUS = 0x20b;
const CERTIFICATE_DIRECTORY = 4;

/** Reads the optional header (PE format specification, section 3.4). @throws PolytokError `INVALID_FORMAT` */
export function readOptionalHeader(
  reader: ByteReader,
  { offset, size }: CoffHeader['optionalHeader'],
): OptionalHeader {
  const header = reader.part(offset, size);
  const magic = header.u16(0);
  if (magic !== PE32 && magic !== PE32_PLUS) {
    throw new PolytokError(
      'INVALID_FORMAT',
      `Magic is 0x${magic.toString(16)}; 0x10b (PE32) or 0x20b (PE32+) is expected.`,
      {
        details: { magic },
      },
    );
  }
  const bits = magic === PE32 ? 32 : 64;
  const directoryCount = header.u32(bits === 32 ? 92 : 108);
  const directory = (bits === 32 ? 96 : 112) + 8 * CERTIFICATE_DIRECTORY;
  const hasCertificates = directoryCount > CERTIFICATE_DIRECTORY && header.holds(directory, 8);
  return {
    bits,
    imageBase: bits === 32 ? BigInt(header.u32(28)) : header.u64(24),
    entry: header.u32(16),
    headersSize: header.u32(60),
    certificates: hasCertificates
      ? { offset: header.u32(directory), size: header.u32(directory + 4) }
      : { offset: 0, size: 0 },
  };
}
