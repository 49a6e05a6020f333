/**
 * What EMA-VQ learns, and its update (van den Oord et al., arXiv 1711.00937, appendix A.1, in the form of
 * vector-quantize-pytorch). With n the rows of a code in the batch and Σx their sum, d the decay and K codes:
 *
 *     N ← d·N + (1 − d)·n,   S ← d·S + (1 − d)·Σx
 *     Ñ = (N + ε)/(ΣN + K·ε)·ΣN,   e = S/Ñ, and then e/|e| under cosine, where x are unit vectors
 *
 * State is in single precision and each update in double, so that a stored state goes on bit by bit.
 */
import { checkValues } from '../../kernels/check-values.js';
import type { KmeansTotals } from '../../kernels/contract.js';
import { requireNonNegative } from '../../metrics/non-negative.js';
import { randomBelow } from '../../random.js';
import { checkCodes, refuseZeroCode } from '../check-codes.js';
import { RowSample } from '../kmeans/sample-rows.js';
import { unitRows } from '../unit-rows.js';
import { isZeroRow } from '../zero-rows.js';

export interface EmaState {
  /** e, `(count, dimension)` */
  readonly codes: Float32Array;
  /** N, `(count)` */
  readonly counts: Float32Array;
  /** S, `(count, dimension)` */
  readonly sums: Float32Array;
}

/**
 * The state at given codes, each as if one row had chosen it.
 * @throws PolytokError `INVALID_ARGUMENT` for codes that cannot be, or a zero one under cosine
 */
export function initialState(given: Float32Array, dimension: number, cosine: boolean): EmaState {
  const count = checkCodes(given, dimension);
  if (cosine) refuseZeroCode(given, dimension);
  const codes = cosine ? Float32Array.from(unitRows(given, dimension)) : given.slice();
  return { codes, counts: new Float32Array(count).fill(1), sums: codes.slice() };
}

/** A copy of stored state. @throws PolytokError `INVALID_ARGUMENT` for values that no training gives */
export function storedState({ codes, counts, sums }: EmaState, dimension: number): EmaState {
  checkCodes(codes, dimension);
  checkValues('sums', sums, dimension);
  requireNonNegative(counts, 'counts');
  return { codes: codes.slice(), counts: counts.slice(), sums: sums.slice() };
}

export interface EmaUpdate {
  readonly totals: KmeansTotals;
  readonly dimension: number;
  readonly decay: number;
  readonly epsilon: number;
  readonly cosine: boolean;
}

/** The state after a batch. A code that no row ever chose, or whose sum has no direction, stays where it is. */
export function updateEma(state: EmaState, update: EmaUpdate): EmaState {
  const { totals, dimension, decay, epsilon, cosine } = update;
  const counts = state.counts.map((value, code) => decay * value + (1 - decay) * totals.counts[code]);
  const sums = state.sums.map((value, i) => decay * value + (1 - decay) * totals.sums[i]);
  const total = counts.reduce((sum, value) => sum + value, 0);
  const share = total / (total + counts.length * epsilon);
  const directions = cosine ? unitRows(sums, dimension) : sums;
  const codes = state.codes.slice();
  for (let code = 0; code < counts.length; code++) {
    const start = code * dimension;
    if (counts[code] === 0 || (cosine && isZeroRow(directions, start, dimension))) continue;
    const divisor = cosine ? 1 : (counts[code] + epsilon) * share;
    for (let i = start; i < start + dimension; i++) codes[i] = directions[i] / divisor;
  }
  return { codes, counts, sums };
}

export interface Revival {
  /** `(rows, dimension)` that codes may move to; unit vectors under cosine. */
  readonly rows: Float32Array;
  readonly dimension: number;
  /** A code with a smaller N is dead. */
  readonly deadBelow: number;
  /** Random 32-bit integers. */
  readonly next: () => number;
}

/**
 * Moves dead codes to random rows, each to another one, with `N = deadBelow` and `S = N·e` (SoundStream,
 * arXiv 2107.03312). Where there are fewer rows than dead codes, a random few of these move.
 * @returns codes moved
 */
export function reviveDeadCodes({ codes, counts, sums }: EmaState, revival: Revival): number {
  const { rows, dimension, deadBelow, next } = revival;
  const dead = Array.from(counts.keys()).filter((code) => counts[code] < deadBelow);
  if (dead.length === 0) return 0;
  const sample = new RowSample(Math.min(dead.length, rows.length / dimension), dimension, next);
  sample.add(rows);
  const drawn = sample.rows();
  const moved = drawn.length / dimension;
  for (let row = 0; row < moved; row++) {
    // One of those that have not moved yet.
    const pick = row + randomBelow(next, dead.length - row);
    const code = dead[pick];
    dead[pick] = dead[row];
    counts[code] = deadBelow;
    for (let j = 0; j < dimension; j++) {
      const value = drawn[row * dimension + j];
      codes[code * dimension + j] = value;
      sums[code * dimension + j] = value * deadBelow;
    }
  }
  return moved;
}
