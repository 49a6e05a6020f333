import type { ByteReader } from './byte-reader.js';
import type { FileRange } from './contract.js';
import type { IssueLog } from './issue-log.js';
import { MAX_SECTIONS } from './limits.js';

/** A table of equally sized entries, as a header declares it. */
export interface EntryTable {
  /** As issues name it: 'section headers'. */
  readonly name: string;
  readonly offset: number;
  readonly count: number;
  /** Bytes from one entry to the next. */
  readonly entrySize: number;
}

/** Cuts a table to the whole entries that the file holds and the limits allow; empty when nothing can be trusted. */
export function fitTable(
  reader: ByteReader,
  table: EntryTable,
  minimumEntrySize: number,
  issues: IssueLog,
): EntryTable {
  const { name, offset, count, entrySize } = table;
  if (count === 0) return table;
  if (entrySize < minimumEntrySize) {
    issues.report(`The ${name} have ${entrySize} bytes each; at least ${minimumEntrySize} are needed.`, {
      ...table,
    });
    return { ...table, count: 0 };
  }
  const fitting = Math.max(0, Math.floor((reader.length - offset) / entrySize));
  if (count > fitting) {
    issues.report(
      `${count} ${name} of ${entrySize} bytes at offset ${offset} do not fit into ${reader.length} bytes; ${fitting} are read.`,
      { ...table, available: reader.length },
    );
  }
  const allowed = Math.min(count, fitting);
  if (allowed > MAX_SECTIONS) {
    issues.report(
      `${allowed} ${name} exceed the limit of ${MAX_SECTIONS}; the rest is not read.`,
      { ...table, limit: MAX_SECTIONS },
      'LIMIT_EXCEEDED',
    );
  }
  return { ...table, count: Math.min(allowed, MAX_SECTIONS) };
}

/** The bytes that a table takes, or none when it is empty. */
export function tableRange({ name, offset, count, entrySize }: EntryTable): FileRange[] {
  return count === 0 ? [] : [{ name, offset, size: count * entrySize }];
}
