import type { KmeansTotals } from './contract.js';
import { type CodeTable, inverseNorm, rowNorm, scoreOf } from './score.js';

/** Adds every row to its cluster's sum and count, in row order and float64. @returns inertia of the rows */
export function addToClusters(
  table: CodeTable,
  vectors: Float32Array,
  ids: Uint32Array,
  { sums, counts }: KmeansTotals,
): number {
  const { dimensions, metric } = table;
  let inertia = 0;
  for (let row = 0; row < ids.length; row++) {
    const id = ids[row];
    const score = scoreOf(table, id, vectors, row);
    inertia += metric === 'cosine' ? 1 - score : score;
    counts[id]++;
    const scale = metric === 'cosine' ? inverseNorm(rowNorm(vectors, row, dimensions)) : 1;
    const to = id * dimensions;
    const from = row * dimensions;
    for (let j = 0; j < dimensions; j++) sums[to + j] += vectors[from + j] * scale;
  }
  return inertia;
}
