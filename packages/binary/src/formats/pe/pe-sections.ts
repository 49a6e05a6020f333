import type { ByteReader } from '../byte-reader.js';
import type { Section } from '../contract.js';
import type { EntryTable } from '../entry-table.js';
import { fitRange } from '../file-range.js';
import type { IssueLog } from '../issue-log.js';

const CONTAINS_CODE = 0x20;
const MEMORY_EXECUTE = 0x20000000;
const MEMORY_READ = 0x40000000;
const MEMORY_WRITE = 0x80000000;

export interface PeSectionOptions {
  /** Section headers, cut to the file. */
  readonly table: EntryTable;
  /** Added to every address; 0 in objects. */
  readonly imageBase: bigint;
  /** Long names of sections (objects and MinGW images). */
  readonly strings: ByteReader | undefined;
}

/** Reads the section table (PE format specification, section 4). */
export function readPeSections(
  reader: ByteReader,
  { table, imageBase, strings }: PeSectionOptions,
  issues: IssueLog,
): Section[] {
  const sections: Section[] = [];
  for (let index = 0; index < table.count; index++) {
    const at = table.offset + index * table.entrySize;
    const name = longName(reader.text(at, 8), strings, issues) || `section ${index}`;
    const memorySize = reader.u32(at + 8);
    const storedSize = reader.u32(at + 16);
    const offset = reader.u32(at + 20);
    const flags = reader.u32(at + 36);
    // Uninitialised data has no place in the file, though objects give its size as if it had.
    const range = fitRange({ name, offset, size: offset === 0 ? 0 : storedSize }, reader.length, issues);
    if (!range) continue;
    const execute = (flags & MEMORY_EXECUTE) !== 0;
    sections.push({
      ...range,
      address: imageBase + BigInt(reader.u32(at + 12)),
      memorySize: BigInt(memorySize || storedSize),
      permissions: { read: (flags & MEMORY_READ) !== 0, write: (flags & MEMORY_WRITE) !== 0, execute },
      isCode: execute || (flags & CONTAINS_CODE) !== 0,
    });
  }
  return sections;
}

/** `/123` stands for the string at 123 of the string table; every other name is meant as it is. */
function longName(name: string, strings: ByteReader | undefined, issues: IssueLog): string {
  if (!strings || !/^\/\d+$/.test(name)) return name;
  const at = Number(name.slice(1));
  if (at < strings.length) return strings.text(at);
  issues.report(`Section name '${name}' points outside the string table of ${strings.length} bytes.`, {
    name,
  });
  return name;
}
