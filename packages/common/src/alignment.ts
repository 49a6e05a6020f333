import type { Alignment } from './contract.js';

/** True when both map every row to the same place of the source. */
export function equalAlignments(a: Alignment, b: Alignment): boolean {
  switch (a.kind) {
    case 'hop':
      return b.kind === 'hop' && a.hop === b.hop && a.rate === b.rate && a.offset === b.offset;
    case 'grid':
      return (
        b.kind === 'grid' &&
        a.rows === b.rows &&
        a.columns === b.columns &&
        a.patch[0] === b.patch[0] &&
        a.patch[1] === b.patch[1]
      );
    case 'widths':
      return b.kind === 'widths' && a.start === b.start;
    case 'whole':
      return b.kind === 'whole' && a.length === b.length;
  }
}

/** True for JSON that is an {@link Alignment}: a known kind with all of its numbers, none negative. */
export function isAlignment(value: unknown): value is Alignment {
  const alignment = value as Alignment | null | undefined;
  switch (alignment?.kind) {
    case 'hop':
      return areSizes(alignment.hop, alignment.rate) && Number.isFinite(alignment.offset);
    case 'grid':
      return (
        Array.isArray(alignment.patch) &&
        alignment.patch.length === 2 &&
        areSizes(alignment.rows, alignment.columns, ...alignment.patch)
      );
    case 'widths':
      return Number.isFinite(alignment.start);
    case 'whole':
      return Number.isFinite(alignment.length);
    default:
      return false;
  }
}

function areSizes(...values: unknown[]): boolean {
  return values.every((value) => Number.isFinite(value) && (value as number) > 0);
}
