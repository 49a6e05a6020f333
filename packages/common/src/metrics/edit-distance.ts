/**
 * Levenshtein distance of integer sequences, 32 cells of the dynamic programme at a time.
 *
 * Myers, "A fast bit-vector algorithm for approximate string matching" (1999), in Hyyrö's form for the distance
 * itself (2003). Neighbouring cells of the table differ by -1, 0 or +1, so a column of 32 cells is two words:
 * where it steps up and where it steps down. Long patterns are cut into blocks of 32 rows. Each block runs over
 * the whole text before the next one starts and hands down the steps along its last row; so a block meets only
 * 32 pattern symbols, and the table of their positions needs one word per distinct text symbol, whatever the
 * alphabet. O(n m / 32) time, O(shorter) memory.
 */
import { PolytokError } from '../errors.js';
import type { Ids } from './token-counts.js';

const WORD = 32;

/**
 * Fewest insertions, deletions and substitutions that turn `a` into `b`, each of cost 1. Ids may be any integers.
 * @throws PolytokError `INVALID_ARGUMENT` for an id that is no integer
 */
export function editDistance(a: Ids, b: Ids): number {
  requireIntegers(a, 'a');
  requireIntegers(b, 'b');
  let start = 0;
  let endA = a.length;
  let endB = b.length;
  while (start < endA && start < endB && a[start] === b[start]) start++;
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--;
    endB--;
  }
  return endA - start > endB - start
    ? blockwiseDistance(a, b, start, endA, endB)
    : blockwiseDistance(b, a, start, endB, endA);
}

/**
 * `editDistance / max(|a|, |b|)`: from 0, equal, to 1, nothing in common. 0 for two empty sequences.
 * @throws PolytokError `INVALID_ARGUMENT` for an id that is no integer
 */
export function normalizedEditDistance(a: Ids, b: Ids): number {
  return editDistance(a, b) / Math.max(a.length, b.length, 1);
}

/** Distance of `pattern[start, patternEnd)` and `text[start, textEnd)`; fastest when the pattern is the longer. */
function blockwiseDistance(
  pattern: Ids,
  text: Ids,
  start: number,
  patternEnd: number,
  textEnd: number,
): number {
  const columns = textEnd - start;
  if (columns === 0) return patternEnd - start;
  const symbolOf = new Map<number, number>();
  const symbols = new Int32Array(columns);
  for (let j = 0; j < columns; j++) {
    const id = text[start + j];
    let symbol = symbolOf.get(id);
    if (symbol === undefined) symbolOf.set(id, (symbol = symbolOf.size));
    symbols[j] = symbol;
  }
  const matches = new Int32Array(symbolOf.size);
  // Row 0 of the table is 0, 1, 2, …: one step up per column.
  const steps = new Int8Array(columns).fill(1);
  for (let top = start; top < patternEnd; top += WORD) {
    const bottom = Math.min(top + WORD, patternEnd);
    for (let row = top; row < bottom; row++) {
      const symbol = symbolOf.get(pattern[row]);
      if (symbol !== undefined) matches[symbol] |= 1 << (row - top);
    }
    advanceBlock(symbols, matches, steps, bottom - top - 1);
    for (let row = top; row < bottom; row++) {
      const symbol = symbolOf.get(pattern[row]);
      if (symbol !== undefined) matches[symbol] = 0;
    }
  }
  let distance = patternEnd - start;
  for (let j = 0; j < columns; j++) distance += steps[j];
  return distance;
}

/**
 * Takes one block of up to 32 rows over all columns.
 * @param matches per text symbol, the rows of the block that hold it
 * @param steps per column, the step along the row above the block; replaced by the step along its last row
 * @param lastRow 0 to 31
 */
function advanceBlock(symbols: Int32Array, matches: Int32Array, steps: Int8Array, lastRow: number): void {
  let up = -1; // rows where the current column is one more than in the row above: column 0 is 0, 1, 2, …
  let down = 0; // rows where it is one less
  for (let j = 0; j < symbols.length; j++) {
    const step = steps[j];
    const stepDown = step >>> 31;
    const match = matches[symbols[j]];
    const diagonalOrDown = match | down;
    const reach = match | stepDown;
    const carry = (((reach & up) + up) ^ up) | reach; // the addition runs each match along a streak of ups
    let right = down | ~(carry | up); // rows where this column is one more than the previous one
    let left = up & carry; // rows where it is one less
    steps[j] = ((right >>> lastRow) & 1) - ((left >>> lastRow) & 1);
    right = (right << 1) | (step > 0 ? 1 : 0);
    left = (left << 1) | stepDown;
    up = left | ~(diagonalOrDown | right);
    down = right & diagonalOrDown;
  }
}

/** Integer typed arrays hold nothing else; other lists are looked through. */
function requireIntegers(ids: Ids, name: string): void {
  if (ArrayBuffer.isView(ids) && !(ids instanceof Float32Array || ids instanceof Float64Array)) return;
  for (let i = 0; i < ids.length; i++) {
    if (!Number.isInteger(ids[i])) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `Ids must be integers; '${name}' has ${ids[i]} at position ${i}.`,
        {
          details: { name, position: i, id: ids[i] },
        },
      );
    }
  }
}
