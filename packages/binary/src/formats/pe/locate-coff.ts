import { isPeMachine } from '../architecture.js';
import { ByteReader } from '../byte-reader.js';
import { COFF_HEADER_SIZE, COFF_SYMBOL_SIZE, PE_SECTION_HEADER_SIZE, readCoffHeader } from './pe-header.js';

/** Where a DOS header says that the PE header is. */
const LFANEW = 0x3c;
/** 'PE\0\0', read little-endian. */
const PE_SIGNATURE = 0x4550;
const EXECUTABLE_IMAGE = 0x2;

/** Position of the COFF header of a PE image or a COFF object; undefined for anything else. */
export function locateCoff(bytes: Uint8Array): number | undefined {
  const reader = new ByteReader(bytes, 'little');
  if (startsLikeDos(bytes)) {
    const at = reader.holds(LFANEW, 4) ? reader.u32(LFANEW) : 0;
    return reader.holds(at, 4) && reader.u32(at) === PE_SIGNATURE ? at + 4 : undefined;
  }
  return isObject(reader) ? 0 : undefined;
}

/** 'MZ', which also begins plain DOS programs. */
export function startsLikeDos(bytes: Uint8Array): boolean {
  return bytes[0] === 0x4d && bytes[1] === 0x5a;
}

/**
 * Objects have no magic, only a machine number of two bytes. So the rest of the header must make sense as well:
 * no optional header, not an image, and a section table and symbols that the file holds, the first section's
 * bytes after them.
 */
function isObject(reader: ByteReader): boolean {
  if (!reader.holds(0, COFF_HEADER_SIZE) || !isPeMachine(reader.u16(0))) return false;
  const { optionalHeader, characteristics, sectionHeaders, symbols } = readCoffHeader(reader, 0);
  const headersEnd = COFF_HEADER_SIZE + sectionHeaders.count * PE_SECTION_HEADER_SIZE;
  if (optionalHeader.size !== 0 || characteristics & EXECUTABLE_IMAGE) return false;
  if (sectionHeaders.count === 0 || !reader.holds(0, headersEnd)) return false;
  const hasNoSymbols = symbols.offset === 0 && symbols.count === 0;
  if (
    !hasNoSymbols &&
    (symbols.offset < headersEnd || !reader.holds(symbols.offset, symbols.count * COFF_SYMBOL_SIZE))
  )
    return false;
  const firstOffset = reader.u32(COFF_HEADER_SIZE + 20);
  return (
    firstOffset === 0 ||
    (firstOffset >= headersEnd && reader.holds(firstOffset, reader.u32(COFF_HEADER_SIZE + 16)))
  );
}
