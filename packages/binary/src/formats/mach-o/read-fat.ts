import { machArchitecture } from '../architecture.js';
import { bareExecutable, headerRange } from '../bare-executable.js';
import { ByteReader } from '../byte-reader.js';
import type { Executable, FileRange } from '../contract.js';
import { fitRange } from '../file-range.js';
import { IssueLog } from '../issue-log.js';
import { type FatHeader, readFatHeader } from './fat-header.js';
import { MACH_MAGICS } from './mach-header.js';
import { readMachO } from './read-mach-o.js';

/** Reads a fat Mach-O file: each slice on its own, with offsets in the whole file. Its header has been checked. */
export function readFat(bytes: Uint8Array, issues: IssueLog): Executable {
  const header = readFatHeader(bytes)!;
  const slices = placeSlices(header, bytes.length, issues).flatMap((range) =>
    readSlice(bytes, range, issues),
  );
  return {
    ...bareExecutable('Mach-O fat', issues.messages),
    architecture: slices.map(({ architecture }) => architecture).join('+') || 'unknown',
    bits: header.bits,
    byteOrder: 'big',
    kind: slices[0]?.kind ?? 'other',
    header: headerRange(header.size),
    sections: slices.flatMap(({ sections }) => sections),
    slices,
  };
}

/** Where the slices lie. Those that overlap another or the header are left out, so that no byte is read twice. */
function placeSlices(header: FatHeader, fileSize: number, issues: IssueLog): FileRange[] {
  const declared = header.slices
    .map(({ cpuType, offset, size }) => ({ name: `slice ${machArchitecture(cpuType)}`, offset, size }))
    .sort((a, b) => a.offset - b.offset);
  const placed: FileRange[] = [];
  let end = header.size;
  for (const slice of declared) {
    if (slice.offset < end) {
      issues.report(
        `'${slice.name}' at offset ${slice.offset} starts before ${end}, where the part ahead of it ends; it is left out.`,
        { ...slice },
      );
      continue;
    }
    const range = fitRange(slice, fileSize, issues);
    if (!range) continue;
    placed.push(range);
    end = range.offset + range.size;
  }
  return placed;
}

function readSlice(bytes: Uint8Array, { name, offset, size }: FileRange, issues: IssueLog): Executable[] {
  const slice = bytes.subarray(offset, offset + size);
  const reader = new ByteReader(slice, 'big');
  if (!reader.holds(0, 4) || !MACH_MAGICS.has(reader.u32(0))) {
    issues.report(`'${name}' at offset ${offset} is not a Mach-O file; it is left out.`, {
      name,
      offset,
      size,
    });
    return [];
  }
  const own = new IssueLog(issues.mode);
  const executable = readMachO(slice, own);
  for (const message of own.messages) issues.report(`${name}: ${message}`);
  return [moveBy(executable, offset)];
}

/** The same executable, with offsets that count from `base` bytes further ahead. */
function moveBy(executable: Executable, base: number): Executable {
  const move = <Range extends FileRange>(range: Range): Range => ({ ...range, offset: range.offset + base });
  return {
    ...executable,
    header: move(executable.header),
    tables: executable.tables.map(move),
    sections: executable.sections.map(move),
  };
}
