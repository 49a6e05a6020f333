import { elfArchitecture } from '../architecture.js';
import { bareExecutable, headerRange } from '../bare-executable.js';
import { ByteReader } from '../byte-reader.js';
import type { Executable, ExecutableKind } from '../contract.js';
import { type EntryTable, fitTable, tableRange } from '../entry-table.js';
import { reportOverlaps } from '../file-range.js';
import type { IssueLog } from '../issue-log.js';
import { type ElfHeader, readElfHeader, readIdentity } from './elf-header.js';
import { readElfSections, SECTION_HEADER_SIZE } from './elf-sections.js';
import { hasInterpreter, PROGRAM_HEADER_SIZE, readSegmentsAsSections } from './elf-segments.js';

/** Reads an ELF file of either class and byte order. Without a section table, its loaded segments stand in. */
export function readElf(bytes: Uint8Array, issues: IssueLog): Executable {
  const bare = bareExecutable('ELF', issues.messages);
  const identity = issues.attempt('ELF identity', () => readIdentity(bytes));
  if (!identity) return bare;
  const reader = new ByteReader(bytes, identity.byteOrder);
  const header = issues.attempt('ELF header', () => readElfHeader(reader, identity.bits));
  if (!header) return { ...bare, ...identity };

  const { bits, byteOrder } = header;
  const programHeaders = fitTable(reader, header.programHeaders, PROGRAM_HEADER_SIZE[bits], issues);
  const sectionHeaders = fitTable(reader, header.sectionHeaders, SECTION_HEADER_SIZE[bits], issues);
  const sections =
    sectionHeaders.count > 0
      ? readElfSections(reader, header, sectionHeaders, issues)
      : readSegmentsAsSections(reader, programHeaders, bits, issues);
  reportOverlaps(sections, issues);
  return {
    ...bare,
    ...{ bits, byteOrder, sections },
    architecture: elfArchitecture(header.machine, bits, byteOrder),
    kind: elfKind(header, reader, programHeaders),
    ...(header.entry !== 0n && { entry: header.entry }),
    header: headerRange(header.size),
    tables: [...tableRange(programHeaders), ...tableRange(sectionHeaders)],
  };
}

const ET_DYN = 3;
const KINDS: Readonly<Record<number, ExecutableKind>> = {
  1: 'object',
  2: 'executable',
  3: 'shared library',
  4: 'core dump',
};

function elfKind({ type }: ElfHeader, reader: ByteReader, programHeaders: EntryTable): ExecutableKind {
  // Position-independent programs have the type of a library; a statically linked one still counts as a library.
  if (type === ET_DYN && hasInterpreter(reader, programHeaders)) return 'executable';
  return KINDS[type] ?? 'other';
}
