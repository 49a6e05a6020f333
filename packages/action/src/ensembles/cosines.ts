import type { EnsembleCandidates } from './contract.js';

/** Keeps the cosine of a zero vector at 0; the official codes of VOTE and CogACT add the same. */
const EPSILON = 1e-7;

/**
 * `⟨aᵢ, a⟩ / (|aᵢ||a| + 1e-7)` of each candidate and the newest, a: `(count)` into `cosines`.
 * @param nearZero two vectors no longer than this have cosine 1; below 0 for none
 */
export function cosinesToNewest(
  { count, columns, values }: EnsembleCandidates,
  cosines: Float64Array,
  nearZero = -1,
): void {
  const newest = (count - 1) * columns;
  const length = lengthOf(values, newest, columns);
  for (let i = 0; i < count; i++) {
    const from = i * columns;
    let product = 0;
    for (let column = 0; column < columns; column++)
      product += values[from + column] * values[newest + column];
    const own = lengthOf(values, from, columns);
    const cosine = own <= nearZero && length <= nearZero ? 1 : product / (own * length + EPSILON);
    // Beyond 1e154 squares overflow, and ∞/∞ says nothing about a direction.
    cosines[i] = cosine - cosine === 0 ? cosine : 0;
  }
}

function lengthOf(values: Float64Array, from: number, columns: number): number {
  let square = 0;
  for (let at = from; at < from + columns; at++) square += values[at] * values[at];
  return Math.sqrt(square);
}
