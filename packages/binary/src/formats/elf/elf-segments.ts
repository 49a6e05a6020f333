import type { ByteReader } from '../byte-reader.js';
import type { Section } from '../contract.js';
import type { EntryTable } from '../entry-table.js';
import { fitRange } from '../file-range.js';
import type { IssueLog } from '../issue-log.js';

/** Bytes of a program header. */
export const PROGRAM_HEADER_SIZE = { 32: 32, 64: 56 } as const;

const PT_LOAD = 1;
const PT_INTERP = 3;
const PF_EXECUTE = 0x1;
const PF_WRITE = 0x2;
const PF_READ = 0x4;

/** True when the file asks for a dynamic linker: what tells a position-independent program from a library. */
export function hasInterpreter(reader: ByteReader, table: EntryTable): boolean {
  for (let index = 0; index < table.count; index++) {
    if (reader.u32(table.offset + index * table.entrySize) === PT_INTERP) return true;
  }
  return false;
}

/** The loaded segments as sections `LOAD 0`, `LOAD 1`, …: all there is in files whose section table was stripped. */
export function readSegmentsAsSections(
  reader: ByteReader,
  table: EntryTable,
  bits: 32 | 64,
  issues: IssueLog,
): Section[] {
  const sections: Section[] = [];
  const word = bits / 8;
  for (let index = 0; index < table.count; index++) {
    const at = table.offset + index * table.entrySize;
    if (reader.u32(at) !== PT_LOAD) continue;
    // The 64-bit layout moved the flags forward, so that the wide fields are aligned.
    const flags = reader.u32(bits === 64 ? at + 4 : at + 24);
    const wide = bits === 64 ? at + 8 : at + 4;
    const declared = {
      name: `LOAD ${sections.length}`,
      offset: reader.extent(wide, bits),
      size: reader.extent(wide + 3 * word, bits),
    };
    const range = fitRange(declared, reader.length, issues);
    if (!range) continue;
    const execute = (flags & PF_EXECUTE) !== 0;
    sections.push({
      ...range,
      address: reader.word(wide + word, bits),
      memorySize: reader.word(wide + 4 * word, bits),
      permissions: { read: (flags & PF_READ) !== 0, write: (flags & PF_WRITE) !== 0, execute },
      isCode: execute,
    });
  }
  return sections;
}
