import { PolytokError } from '@polytok/common';
import type { Executable, FileRange, Section } from './contract.js';

/** What a run of bytes is; 'gap' is what no header accounts for, 'overlay' such bytes after the last known part. */
export type RegionKind = 'header' | 'table' | 'section' | 'gap' | 'overlay';

/** A run of bytes of one kind. `name` is that of the section or table, or the kind itself. */
export interface Region extends FileRange {
  readonly kind: RegionKind;
  /** Of the slice, in a fat file; decides the {@link instructionGrid}. */
  readonly architecture: string;
  readonly section?: Section;
}

interface Part {
  readonly kind: RegionKind;
  readonly architecture: string;
  readonly range: FileRange;
  readonly section?: Section;
}

/**
 * Cuts a whole file into consecutive regions: every byte is in exactly one, none is empty, and each starts where
 * the one before it ends. Where headers declare overlapping parts, the one that starts first keeps the common
 * bytes; of those with the same start the header comes first, then sections and tables in the file's order.
 *
 * @param byteLength size of the file that `executable` was read from
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function regions(executable: Executable, byteLength: number): Region[] {
  if (!Number.isSafeInteger(byteLength) || byteLength < 0) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `A file has a whole number of bytes from 0 on; got ${byteLength}.`,
      { details: { byteLength } },
    );
  }
  const found: Region[] = [];
  let end = 0;
  let { architecture } = executable;
  const fill = (kind: 'gap' | 'overlay', until: number) => {
    if (until > end) found.push({ kind, name: kind, offset: end, size: until - end, architecture });
  };
  for (const part of partsOf(executable).sort((a, b) => a.range.offset - b.range.offset)) {
    const { name, offset, size } = part.range;
    const start = Math.max(end, offset);
    const stop = Math.min(byteLength, offset + size);
    if (stop <= start) continue;
    fill('gap', start);
    ({ architecture } = part);
    found.push({
      kind: part.kind,
      name,
      offset: start,
      size: stop - start,
      architecture,
      ...(part.section && { section: part.section }),
    });
    end = stop;
  }
  fill(end === 0 ? 'gap' : 'overlay', byteLength);
  return found;
}

function partsOf(executable: Executable): Part[] {
  const { architecture, header, tables, sections, slices } = executable;
  const own: Part[] = [{ kind: 'header', range: header, architecture }];
  if (slices) return [...own, ...slices.flatMap(partsOf)];
  for (const section of sections) own.push({ kind: 'section', range: section, section, architecture });
  for (const range of tables) own.push({ kind: 'table', range, architecture });
  return own;
}
