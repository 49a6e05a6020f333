import type { Metric } from './contract.js';

/** A codebook's values as its metric compares them, and as residuals and scores need them. */
export interface CodeTable {
  readonly dimensions: number;
  readonly metric: Metric;
  /** `(count, dimensions)` */
  readonly codes: Float32Array;
}

/** Length of row `row` of `values` `(rows, width)`, in float64. */
export function rowNorm(values: Float32Array, row: number, width: number): number {
  let squares = 0;
  for (let at = row * width, end = at + width; at < end; at++) squares += values[at] * values[at];
  return Math.sqrt(squares);
}

/** `1 / norm`, and 0 for a zero vector, which makes its cosine with everything 0. */
export function inverseNorm(norm: number): number {
  return norm === 0 ? 0 : 1 / norm;
}

/** Squared distance, cosine or inner product of a vector and a code, in float64. */
export function scoreOf(table: CodeTable, code: number, vectors: Float32Array, row: number): number {
  const { codes, dimensions, metric } = table;
  const c = code * dimensions;
  const x = row * dimensions;
  let sum = 0;
  if (metric === 'euclidean') {
    for (let j = 0; j < dimensions; j++) {
      const difference = vectors[x + j] - codes[c + j];
      sum += difference * difference;
    }
    return sum;
  }
  for (let j = 0; j < dimensions; j++) sum += vectors[x + j] * codes[c + j];
  if (metric === 'dot') return sum;
  return sum * inverseNorm(rowNorm(vectors, row, dimensions)) * inverseNorm(rowNorm(codes, code, dimensions));
}

/**
 * The nearest code by products alone: the one with the greatest `scale · x·c + start`, in place of a distance.
 * argmin |x - c|² = argmax x·c - |c|²/2; a cosine is x·c with the codes at length 1, as |x| does not matter.
 */
export interface ProductScore {
  /** `(count)` */
  readonly starts: Float64Array;
  /** `(count)`; none where all are 1. */
  readonly scales?: Float64Array;
}

export function productScore({ codes, dimensions, metric }: CodeTable): ProductScore {
  const starts = new Float64Array(codes.length / dimensions);
  if (metric === 'cosine') {
    return { starts, scales: starts.map((_, code) => inverseNorm(rowNorm(codes, code, dimensions))) };
  }
  if (metric === 'dot') return { starts };
  return { starts: starts.map((_, code) => -(rowNorm(codes, code, dimensions) ** 2) / 2) };
}
