import type { ByteReader } from '../byte-reader.js';
import type { Permissions, Section } from '../contract.js';
import { fitTable } from '../entry-table.js';
import { fitRange } from '../file-range.js';
import type { IssueLog } from '../issue-log.js';
import type { LoadCommand } from './load-commands.js';

/** Bytes of a segment command and of a section in it. */
const SIZES = { 32: { segment: 56, section: 68 }, 64: { segment: 72, section: 80 } } as const;

const PROTECTION_READ = 0x1;
const PROTECTION_WRITE = 0x2;
const PROTECTION_EXECUTE = 0x4;

/** Section types without bytes in the file: zero-fill, large zero-fill, thread-local zero-fill. */
const ZERO_FILL: ReadonlySet<number> = new Set([0x1, 0xc, 0x12]);
const SECTION_TYPE = 0xff;
/** "Only instructions" and "some instructions". */
const HOLDS_INSTRUCTIONS = 0x80000400;

export interface MachSegment {
  readonly name: string;
  readonly address: bigint;
  readonly offset: number;
  /** Its sections; the segment itself when it has bytes but no sections (`__LINKEDIT`). */
  readonly sections: Section[];
}

/** Reads LC_SEGMENT or LC_SEGMENT_64. @throws PolytokError `INVALID_FORMAT` when the command is too small */
export function readSegment(
  reader: ByteReader,
  command: LoadCommand,
  bits: 32 | 64,
  issues: IssueLog,
): MachSegment {
  const word = bits / 8;
  const body = reader.part(command.offset, command.size);
  const protection = body.u32(28 + 4 * word);
  const segment = {
    name: body.text(8, 16),
    address: body.word(24, bits),
    memorySize: body.word(24 + word, bits),
    offset: body.extent(24 + 2 * word, bits),
    size: body.extent(24 + 3 * word, bits),
    permissions: {
      read: (protection & PROTECTION_READ) !== 0,
      write: (protection & PROTECTION_WRITE) !== 0,
      execute: (protection & PROTECTION_EXECUTE) !== 0,
    },
  };
  const declared = {
    name: `sections of ${segment.name}`,
    offset: SIZES[bits].segment,
    count: body.u32(32 + 4 * word),
    entrySize: SIZES[bits].section,
  };
  const table = fitTable(body, declared, SIZES[bits].section, issues);
  if (table.count === 0 && segment.size > 0) {
    const range = fitRange(segment, reader.length, issues);
    return {
      ...segment,
      sections: range ? [{ ...segment, ...range, isCode: segment.permissions.execute }] : [],
    };
  }
  const sections: Section[] = [];
  for (let index = 0; index < table.count; index++) {
    const entry = body.part(table.offset + index * table.entrySize, table.entrySize);
    const section = readSection(
      entry,
      { bits, fileSize: reader.length, permissions: segment.permissions },
      issues,
    );
    if (section) sections.push(section);
  }
  return { ...segment, sections };
}

interface SectionContext {
  readonly bits: 32 | 64;
  readonly fileSize: number;
  /** Those of the segment: Mach-O protects segments, not sections. */
  readonly permissions: Permissions;
}

function readSection(
  entry: ByteReader,
  { bits, fileSize, permissions }: SectionContext,
  issues: IssueLog,
): Section | undefined {
  const word = bits / 8;
  // An object keeps all sections in one nameless segment; the section's own field names the one it is meant for.
  const name = `${entry.text(16, 16)},${entry.text(0, 16)}`;
  const offset = entry.u32(32 + 2 * word);
  const flags = entry.u32(48 + 2 * word);
  // Debug-symbol files keep the headers of sections whose bytes stayed in the program: offset 0.
  const isStored = offset > 0 && !ZERO_FILL.has(flags & SECTION_TYPE);
  const range = fitRange(
    { name, offset, size: isStored ? entry.extent(32 + word, bits) : 0 },
    fileSize,
    issues,
  );
  return (
    range && {
      ...range,
      address: entry.word(32, bits),
      memorySize: entry.word(32 + word, bits),
      permissions,
      isCode: (flags & HOLDS_INSTRUCTIONS) !== 0,
    }
  );
}
