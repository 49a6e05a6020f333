import type { FileRange } from './contract.js';
import type { IssueLog } from './issue-log.js';

/**
 * Cuts a declared range to the file. Lenient mode clamps one that reaches past the end and returns undefined for
 * one that starts beyond it. An empty range is always accepted: it stands for memory, not for bytes of the file.
 */
export function fitRange(declared: FileRange, fileSize: number, issues: IssueLog): FileRange | undefined {
  const { name, offset, size } = declared;
  if (size === 0) return { name, offset: Math.min(offset, fileSize), size };
  if (offset <= fileSize && size <= fileSize - offset) return { name, offset, size };
  const kept = fileSize - offset;
  issues.report(
    `'${name}' declares ${size} bytes at offset ${offset}, but the file has ${fileSize} bytes; it is ${kept > 0 ? `cut to ${kept}` : 'left out'}.`,
    { name, offset, size, fileSize },
  );
  return kept > 0 ? { name, offset, size: kept } : undefined;
}

/** Reports each range that starts before the one ahead of it in the file has ended. */
export function reportOverlaps(ranges: readonly FileRange[], issues: IssueLog): void {
  const ordered = ranges.filter(({ size }) => size > 0).sort((a, b) => a.offset - b.offset);
  let last: FileRange | undefined;
  for (const range of ordered) {
    if (last && range.offset < last.offset + last.size) {
      issues.report(
        `'${range.name}' at offset ${range.offset} overlaps '${last.name}', which ends at ${last.offset + last.size}.`,
        {
          sections: [last.name, range.name],
          offset: range.offset,
        },
      );
    }
    if (!last || range.offset + range.size > last.offset + last.size) last = range;
  }
}
