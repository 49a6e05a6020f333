import type { ByteReader } from '../byte-reader.js';
import type { FileRange, Section } from '../contract.js';
import type { EntryTable } from '../entry-table.js';
import { fitRange } from '../file-range.js';
import type { IssueLog } from '../issue-log.js';
import { MAX_NAME_BYTES } from '../limits.js';
import type { ElfHeader } from './elf-header.js';

/** Bytes of a section header. */
export const SECTION_HEADER_SIZE = { 32: 40, 64: 64 } as const;

const SHT_NULL = 0;
const SHT_NOBITS = 8;
const SHF_WRITE = 0x1;
const SHF_ALLOC = 0x2;
const SHF_EXECINSTR = 0x4;

/** The sections of a table that {@link fitTable} has cut to the file. */
export function readElfSections(
  reader: ByteReader,
  header: ElfHeader,
  table: EntryTable,
  issues: IssueLog,
): Section[] {
  const names = readNameTable(reader, header, table, issues);
  const sections: Section[] = [];
  for (let index = 0; index < table.count; index++) {
    const fields = readFields(reader, table.offset + index * table.entrySize, header.bits);
    if (fields.type === SHT_NULL) continue;
    const name = readName(names, fields.name, index, issues);
    const stored = fields.type === SHT_NOBITS ? 0 : fields.size;
    const range = fitRange({ name, offset: fields.offset, size: stored }, reader.length, issues);
    if (!range) continue;
    const read = (fields.flags & SHF_ALLOC) !== 0;
    const execute = (fields.flags & SHF_EXECINSTR) !== 0;
    sections.push({
      ...range,
      address: fields.address,
      memorySize: read ? fields.memorySize : 0n,
      permissions: { read, write: read && (fields.flags & SHF_WRITE) !== 0, execute },
      isCode: execute,
    });
  }
  return sections;
}

function readFields(reader: ByteReader, at: number, bits: 32 | 64) {
  const word = bits / 8;
  return {
    name: reader.u32(at),
    type: reader.u32(at + 4),
    // All flags used here are in the low half.
    flags: Number(reader.word(at + 8, bits) & 0xffffffffn),
    address: reader.word(at + 8 + word, bits),
    offset: reader.extent(at + 8 + 2 * word, bits),
    size: reader.extent(at + 8 + 3 * word, bits),
    memorySize: reader.word(at + 8 + 3 * word, bits),
  };
}

/** The section that holds the names, or undefined when there is none to trust. */
function readNameTable(
  reader: ByteReader,
  header: ElfHeader,
  table: EntryTable,
  issues: IssueLog,
): ByteReader | undefined {
  const { nameSection, bits } = header;
  if (nameSection === 0 || table.count === 0) return undefined;
  if (nameSection >= table.count) {
    issues.report(
      `Section names are said to be in section ${nameSection}, but there are ${table.count} sections.`,
      {
        nameSection,
        sections: table.count,
      },
    );
    return undefined;
  }
  const { type, offset, size } = readFields(reader, table.offset + nameSection * table.entrySize, bits);
  const declared: FileRange = { name: 'section names', offset, size: type === SHT_NOBITS ? 0 : size };
  const range = fitRange(declared, reader.length, issues);
  return range && reader.part(range.offset, range.size);
}

function readName(names: ByteReader | undefined, at: number, index: number, issues: IssueLog): string {
  const fallback = `section ${index}`;
  if (!names) return fallback;
  if (at >= names.length) {
    issues.report(`Section ${index} has its name at ${at} of a name table of ${names.length} bytes.`, {
      index,
      at,
    });
    return fallback;
  }
  const name = names.text(at);
  const rest = names.length - at;
  if (!names.endsText(at)) {
    issues.report(
      `The name of section ${index} does not end within ${Math.min(rest, MAX_NAME_BYTES)} bytes.`,
      { index, at },
    );
  }
  return name || fallback;
}
