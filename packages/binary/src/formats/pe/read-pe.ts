import { peArchitecture } from '../architecture.js';
import { bareExecutable, headerRange } from '../bare-executable.js';
import { ByteReader } from '../byte-reader.js';
import type { Executable, ExecutableKind, FileRange } from '../contract.js';
import { fitTable, tableRange } from '../entry-table.js';
import { fitRange, reportOverlaps } from '../file-range.js';
import type { IssueLog } from '../issue-log.js';
import {
  COFF_SYMBOL_SIZE,
  type CoffHeader,
  PE_SECTION_HEADER_SIZE,
  readCoffHeader,
  readOptionalHeader,
} from './pe-header.js';
import { readPeSections } from './pe-sections.js';

/** Reads a PE image (PE32, PE32+) or a COFF object, whose COFF header is at `coffAt`. */
export function readPe(bytes: Uint8Array, coffAt: number, issues: IssueLog): Executable {
  const bare = { ...bareExecutable('PE', issues.messages), byteOrder: 'little' as const };
  const reader = new ByteReader(bytes, 'little');
  const coff = issues.attempt('COFF header', () => readCoffHeader(reader, coffAt));
  if (!coff) return bare;
  const optional =
    coff.optionalHeader.size > 0
      ? issues.attempt('optional header', () => readOptionalHeader(reader, coff.optionalHeader))
      : undefined;
  const table = fitTable(reader, coff.sectionHeaders, PE_SECTION_HEADER_SIZE, issues);
  const symbols =
    coff.symbols.offset > 0 ? fitTable(reader, coff.symbols, COFF_SYMBOL_SIZE, issues) : undefined;
  const strings = symbols && locateStrings(reader, symbols.offset + symbols.count * COFF_SYMBOL_SIZE);
  const sections = readPeSections(
    reader,
    {
      table,
      imageBase: optional?.imageBase ?? 0n,
      strings: strings && reader.part(strings.offset, strings.size),
    },
    issues,
  );
  reportOverlaps(sections, issues);
  const architecture = peArchitecture(coff.machine);
  const headersEnd = Math.min(reader.length, table.offset + table.count * table.entrySize);
  return {
    ...bare,
    ...{ architecture, sections },
    bits: optional?.bits ?? (/64$/.test(architecture) ? 64 : 32),
    kind: peKind(coff),
    ...(optional && optional.entry !== 0 && { entry: optional.imageBase + BigInt(optional.entry) }),
    header: headerRange(Math.min(reader.length, Math.max(headersEnd, optional?.headersSize ?? 0))),
    tables: [
      ...(symbols ? tableRange(symbols) : []),
      ...(strings ? [strings] : []),
      ...certificateRange(optional?.certificates, reader.length, issues),
    ],
  };
}

/** The string table follows the symbols; its first four bytes are its size, these four included. */
function locateStrings(reader: ByteReader, offset: number): FileRange | undefined {
  if (!reader.holds(offset, 4)) return undefined;
  return { name: 'strings', offset, size: Math.min(reader.u32(offset), reader.length - offset) };
}

function certificateRange(
  declared: { offset: number; size: number } | undefined,
  fileSize: number,
  issues: IssueLog,
): FileRange[] {
  if (!declared || declared.size === 0) return [];
  const range = fitRange({ name: 'certificates', ...declared }, fileSize, issues);
  return range ? [range] : [];
}

const EXECUTABLE_IMAGE = 0x2;
const DLL = 0x2000;

function peKind({ characteristics }: CoffHeader): ExecutableKind {
  if (characteristics & DLL) return 'shared library';
  return characteristics & EXECUTABLE_IMAGE ? 'executable' : 'object';
}
