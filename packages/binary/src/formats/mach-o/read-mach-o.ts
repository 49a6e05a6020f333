import { machArchitecture } from '../architecture.js';
import { bareExecutable, headerRange } from '../bare-executable.js';
import { ByteReader } from '../byte-reader.js';
import type { Executable, ExecutableKind, FileRange } from '../contract.js';
import { fitTable, tableRange } from '../entry-table.js';
import { fitRange, reportOverlaps } from '../file-range.js';
import type { IssueLog } from '../issue-log.js';
import { MAX_SECTIONS } from '../limits.js';
import { type LoadCommand, readLoadCommands } from './load-commands.js';
import { MACH_MAGICS, readMachHeader } from './mach-header.js';
import { type MachSegment, readSegment } from './mach-segment.js';

const LC_SEGMENT = 0x1;
const LC_SYMTAB = 0x2;
const LC_SEGMENT_64 = 0x19;
const LC_MAIN = 0x80000028;

/** Reads a thin Mach-O file of either width and byte order; its magic has been checked. */
export function readMachO(bytes: Uint8Array, issues: IssueLog): Executable {
  const magic = MACH_MAGICS.get(new ByteReader(bytes, 'big').u32(0))!;
  const { bits } = magic;
  const bare = { ...bareExecutable('Mach-O', issues.messages), ...magic };
  const reader = new ByteReader(bytes, magic.byteOrder);
  const header = issues.attempt('Mach-O header', () => readMachHeader(reader, bits));
  if (!header) return bare;
  const commands = readLoadCommands(reader, header, issues);
  const segments = readSegments(reader, commands, bits, issues);
  const sections = segments.flatMap((segment) => segment.sections);
  reportOverlaps(sections, issues);
  const entry = readEntry(reader, commands, segments, issues);
  return {
    ...bare,
    sections,
    architecture: machArchitecture(header.cpuType),
    kind: KINDS[header.fileType] ?? 'other',
    ...(entry !== undefined && { entry }),
    header: headerRange(Math.min(reader.length, header.size + header.commandBytes)),
    tables: commands
      .filter(({ type }) => type === LC_SYMTAB)
      .flatMap(
        (command) =>
          issues.attempt('symbol table', () => readSymbolTables(reader, command, bits, issues)) ?? [],
      ),
  };
}

const KINDS: Readonly<Record<number, ExecutableKind>> = {
  1: 'object',
  2: 'executable',
  4: 'core dump',
  6: 'shared library',
  // A bundle: a library that a program loads while it runs.
  8: 'shared library',
  10: 'debug symbols',
};

function readSegments(
  reader: ByteReader,
  commands: readonly LoadCommand[],
  bits: 32 | 64,
  issues: IssueLog,
): MachSegment[] {
  const wanted = bits === 64 ? LC_SEGMENT_64 : LC_SEGMENT;
  const segments: MachSegment[] = [];
  let sectionCount = 0;
  for (const command of commands) {
    if (command.type !== wanted) continue;
    const segment = issues.attempt(`segment at offset ${command.offset}`, () =>
      readSegment(reader, command, bits, issues),
    );
    if (!segment) continue;
    sectionCount += segment.sections.length;
    if (sectionCount > MAX_SECTIONS) {
      issues.report(
        `More than ${MAX_SECTIONS} sections; the rest is not read.`,
        { limit: MAX_SECTIONS },
        'LIMIT_EXCEEDED',
      );
      break;
    }
    segments.push(segment);
  }
  return segments;
}

/** Address of `main`, given as a file offset in the segment that starts the file. Old-style thread commands are not read. */
function readEntry(
  reader: ByteReader,
  commands: readonly LoadCommand[],
  segments: readonly MachSegment[],
  issues: IssueLog,
): bigint | undefined {
  const command = commands.find(({ type }) => type === LC_MAIN);
  const text = segments.find(({ name }) => name === '__TEXT');
  if (!command || !text) return undefined;
  const offset = issues.attempt('entry point', () => reader.part(command.offset, command.size).u64(8));
  return offset === undefined ? undefined : text.address + offset - BigInt(text.offset);
}

/** Symbols and their names: inside `__LINKEDIT` in images, on their own in objects. */
function readSymbolTables(
  reader: ByteReader,
  command: LoadCommand,
  bits: 32 | 64,
  issues: IssueLog,
): FileRange[] {
  const body = reader.part(command.offset, command.size);
  const symbolSize = bits === 64 ? 16 : 12;
  const symbols = { name: 'symbols', offset: body.u32(8), count: body.u32(12), entrySize: symbolSize };
  const strings = fitRange(
    { name: 'strings', offset: body.u32(16), size: body.u32(20) },
    reader.length,
    issues,
  );
  return [
    ...tableRange(fitTable(reader, symbols, symbolSize, issues)),
    ...(strings && strings.size > 0 ? [strings] : []),
  ];
}
