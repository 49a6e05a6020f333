import { PolytokError } from '@polytok/common';
import { bareExecutable } from './bare-executable.js';
import type { Executable, ReadMode } from './contract.js';
import { detectFormat } from './detect-format.js';
import { readElf } from './elf/read-elf.js';
import { IssueLog } from './issue-log.js';
import { readFat } from './mach-o/read-fat.js';
import { readMachO } from './mach-o/read-mach-o.js';
import { locateCoff, startsLikeDos } from './pe/locate-coff.js';
import { readPe } from './pe/read-pe.js';

export interface ReadExecutableOptions {
  /** Default: 'lenient', because damaged and hostile files are normal. */
  readonly mode?: ReadMode;
}

/**
 * Reads the headers and the section table of an ELF, PE or Mach-O file. In lenient mode bytes of no such format
 * give an executable of format 'raw' without sections, so that every file can be described the same way.
 *
 * @param bytes the whole file; not changed and not kept
 * @throws PolytokError `INVALID_ARGUMENT` when given anything but bytes; in strict mode `INVALID_FORMAT` or
 *   `LIMIT_EXCEEDED` at the first contradiction
 */
export function readExecutable(
  bytes: Uint8Array,
  { mode = 'lenient' }: ReadExecutableOptions = {},
): Executable {
  if (!(bytes instanceof Uint8Array)) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `An executable is read from a Uint8Array; got ${describe(bytes)}.`,
    );
  }
  if (mode !== 'strict' && mode !== 'lenient') {
    throw new PolytokError('INVALID_ARGUMENT', `Mode is 'strict' or 'lenient'; got ${describe(mode)}.`, {
      details: { mode },
    });
  }
  const issues = new IssueLog(mode);
  switch (detectFormat(bytes)) {
    case 'ELF':
      return readElf(bytes, issues);
    case 'PE':
      return readPe(bytes, locateCoff(bytes)!, issues);
    case 'Mach-O':
      return readMachO(bytes, issues);
    case 'Mach-O fat':
      return readFat(bytes, issues);
    default:
      return readRaw(bytes, issues);
  }
}

function readRaw(bytes: Uint8Array, issues: IssueLog): Executable {
  if (startsLikeDos(bytes)) {
    issues.report("The file starts with a DOS header ('MZ') that leads to no PE header.", {
      size: bytes.length,
    });
  } else if (issues.mode === 'strict') {
    issues.report('The file is no ELF, PE or Mach-O file.', { size: bytes.length });
  }
  return bareExecutable('raw', issues.messages);
}

function describe(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : value === null ? 'null' : typeof value;
}
