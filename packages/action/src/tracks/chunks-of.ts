import { PolytokError, requireChoice, requireInteger } from '@polytok/common';
import type { ActionChunk } from '../contract.js';
import { fromAbsolute } from './action-kind.js';
import { ACTION_KINDS, type ActionKind, type ActionTrack } from './action-track.js';

export interface ChunkOptions {
  /** T: steps of a chunk, at least 1. */
  readonly steps: number;
  /** Steps from the start of a chunk to the start of the next, at least 1. Default: `steps`. */
  readonly stride?: number;
  /**
   * What becomes of chunks that reach beyond the end.
   * - `drop`: they are left out. A track shorter than `steps` has no chunk.
   * - `repeat-last`: there is a chunk for every start inside the track; the robot rests behind the end, at the last
   *   target (deltas are 0, grippers stay). An empty track has no chunk.
   *
   * Default: 'drop'.
   */
  readonly padding?: 'drop' | 'repeat-last';
  /** The kind that chunks become; other than the track's only where that is absolute. Default: the track's. */
  readonly kind?: ActionKind;
  /**
   * The measured state beside the actions, with the same steps and columns, which relative actions and deltas start
   * from. Default: the action before the chunk; for the first chunk its own first action.
   */
  readonly states?: Pick<ActionTrack, 'values'>;
}

/**
 * The chunks of a track in order, each `(steps, columns)`. They may share the track's memory: copy before writing.
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function* chunksOf(track: ActionTrack, options: ChunkOptions): Generator<ActionChunk, void> {
  const { steps, stride = steps, padding = 'drop', kind = track.kind, states } = options;
  requireInteger(steps, 'steps', { minimum: 1 });
  requireInteger(stride, 'stride', { minimum: 1 });
  requireChoice(padding, 'padding', ['drop', 'repeat-last']);
  requireChoice(kind, 'kind', ACTION_KINDS);
  const converts = kind !== track.kind;
  if (converts) requireConvertible(track, kind, states);
  const { values, columns, grippers } = track;
  const end = padding === 'drop' ? track.steps - steps + 1 : track.steps;
  for (let start = 0; start < end; start += stride) {
    const inside = values.subarray(start * columns, (start + steps) * columns);
    const padded = inside.length < steps * columns;
    const chunk = padded ? padChunk(inside, steps, track) : converts ? inside.slice() : inside;
    if (converts) fromAbsolute(chunk, kind, { state: originOf(track, start, states), grippers });
    yield chunk;
  }
}

/** How many chunks {@link chunksOf} gives for a track of so many steps. */
export function chunkCount(
  trackSteps: number,
  { steps, stride = steps, padding = 'drop' }: ChunkOptions,
): number {
  const end = padding === 'drop' ? trackSteps - steps + 1 : trackSteps;
  return Math.max(Math.ceil(end / stride), 0);
}

function padChunk(inside: ActionChunk, steps: number, { columns, kind, grippers }: ActionTrack): ActionChunk {
  const chunk =
    inside instanceof Float32Array ? new Float32Array(steps * columns) : new Float64Array(steps * columns);
  chunk.set(inside);
  const last = inside.length - columns;
  for (let at = inside.length; at < chunk.length; at++) {
    const column = at % columns;
    if (kind !== 'delta' || grippers.includes(column)) chunk[at] = inside[last + column];
  }
  return chunk;
}

function originOf(
  { values, columns }: ActionTrack,
  start: number,
  states: ChunkOptions['states'],
): ActionChunk {
  const [from, row] = states ? [states.values, start] : [values, Math.max(start - 1, 0)];
  return from.subarray(row * columns, (row + 1) * columns);
}

function requireConvertible(track: ActionTrack, kind: ActionKind, states: ChunkOptions['states']): void {
  if (track.kind !== 'absolute') {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `Chunks of ${track.kind} actions cannot become ${kind}: the track must be absolute. Leave 'kind' out, or convert with toAbsolute.`,
      { details: { from: track.kind, to: kind } },
    );
  }
  if (!states || states.values.length === track.values.length) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `'states' has ${states.values.length} values, the actions have ${track.values.length}. Give a state for each step, with the actions' columns.`,
    { details: { actual: states.values.length, expected: track.values.length } },
  );
}
