import { rowsAt } from './rows-at.js';

/** True if the row that starts at `values[start]` is zero. */
export function isZeroRow(values: ArrayLike<number>, start: number, dimension: number): boolean {
  for (let i = start; i < start + dimension; i++) {
    if (values[i] !== 0) return false;
  }
  return true;
}

/** The rows that have a direction; `rows` itself if all have. */
export function withoutZeroRows(rows: Float32Array, dimension: number): Float32Array {
  const starts: number[] = [];
  for (let start = 0; start < rows.length; start += dimension) {
    if (!isZeroRow(rows, start, dimension)) starts.push(start);
  }
  if (starts.length * dimension === rows.length) return rows;
  return rowsAt(rows, starts, dimension);
}
