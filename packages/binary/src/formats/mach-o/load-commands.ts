import type { ByteReader } from '../byte-reader.js';
import type { IssueLog } from '../issue-log.js';
import type { MachHeader } from './mach-header.js';

export interface LoadCommand {
  readonly type: number;
  /** Position in the file. */
  readonly offset: number;
  /** Bytes, the 8 of type and size included. */
  readonly size: number;
}

/** Type and size. */
const SMALLEST = 8;

/** The load commands up to the first that cannot be trusted: a wrong size leaves no place to go on from. */
export function readLoadCommands(reader: ByteReader, header: MachHeader, issues: IssueLog): LoadCommand[] {
  const { size: start, commandCount, commandBytes } = header;
  const end = Math.min(reader.length, start + commandBytes);
  if (start + commandBytes > reader.length) {
    issues.report(
      `Load commands take ${commandBytes} bytes after a header of ${start}, but the file has ${reader.length} bytes.`,
      {
        commandBytes,
        fileSize: reader.length,
      },
    );
  }
  const commands: LoadCommand[] = [];
  let at = start;
  while (commands.length < commandCount) {
    const size = end - at >= SMALLEST ? reader.u32(at + 4) : 0;
    if (size < SMALLEST || size > end - at) {
      issues.report(
        `Load command ${commands.length} of ${commandCount} at offset ${at} has ${size} bytes; ${SMALLEST} to ${end - at} are possible.`,
        {
          index: commands.length,
          offset: at,
          size,
        },
      );
      break;
    }
    commands.push({ type: reader.u32(at), offset: at, size });
    at += size;
  }
  return commands;
}
