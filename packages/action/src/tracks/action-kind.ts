/** Absolute targets to relative actions or deltas and back, in place and without allocation. */
import { requireChoice } from '@polytok/common';
import { requireLength } from '../check-chunk.js';
import type { ActionChunk } from '../contract.js';
import { ACTION_KINDS, type ActionKind } from './action-track.js';

/** Where a chunk starts from. */
export interface ChunkOrigin {
  /** `(columns)`: the state, or the last action, before the first step. */
  readonly state: ArrayLike<number>;
  /** Columns that stay absolute. Default: none. */
  readonly grippers?: readonly number[];
}

/**
 * Turns absolute targets into another kind.
 * @param chunk `(steps, columns)`, changed in place
 * @throws PolytokError `INVALID_ARGUMENT` unless the chunk has whole steps of as many columns as the state
 */
export function fromAbsolute(chunk: ActionChunk, kind: ActionKind, { state, grippers }: ChunkOrigin): void {
  check(chunk, kind, state);
  if (kind === 'absolute') return;
  const columns = state.length;
  for (let column = 0; column < columns; column++) {
    if (grippers?.includes(column)) continue;
    let origin = state[column];
    for (let at = column; at < chunk.length; at += columns) {
      const target = chunk[at];
      chunk[at] = target - origin;
      if (kind === 'delta') origin = target;
    }
  }
}

/**
 * The inverse of {@link fromAbsolute}, up to rounding; the rounding of deltas adds up.
 * @param chunk `(steps, columns)`, changed in place
 * @throws PolytokError `INVALID_ARGUMENT` unless the chunk has whole steps of as many columns as the state
 */
export function toAbsolute(chunk: ActionChunk, kind: ActionKind, { state, grippers }: ChunkOrigin): void {
  check(chunk, kind, state);
  if (kind === 'absolute') return;
  const columns = state.length;
  for (let column = 0; column < columns; column++) {
    if (grippers?.includes(column)) continue;
    let origin = state[column];
    for (let at = column; at < chunk.length; at += columns) {
      const target = origin + chunk[at];
      chunk[at] = target;
      if (kind === 'delta') origin = target;
    }
  }
}

function check(chunk: ActionChunk, kind: ActionKind, state: ArrayLike<number>): void {
  requireChoice(kind, 'kind', ACTION_KINDS);
  const steps = Math.max(Math.round(chunk.length / state.length), 1);
  requireLength(chunk, 'chunk', steps, state.length);
}
