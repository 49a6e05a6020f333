/** Values of a block of projections, residuals or samples: what an operation holds at a time beside its operands. */
const BLOCK_VALUES = 1 << 16;

/** Rows in a block of rows of `width` values, at least 1. */
export function rowsPerBlock(width: number): number {
  return Math.max(1, Math.floor(BLOCK_VALUES / width));
}

/** Splits rows of `width` values into blocks. */
export function* blocks(rows: number, width: number): Generator<readonly [from: number, end: number]> {
  const step = rowsPerBlock(width);
  for (let from = 0; from < rows; from += step) yield [from, Math.min(rows, from + step)];
}
