import { PolytokError } from '@polytok/common';
import { type ActionTrack, createTrack } from './action-track.js';

/**
 * Some columns, in the order that is asked for.
 * - text: names, indices and half-open ranges between commas, such as `0:6,7:23` (LeRobot's `encoded_dims`) or
 *   `shoulder, elbow, 6`. Either end of a range may be left out.
 * - list: names or indices.
 *
 * A name counts before an index of the same spelling.
 */
export type ColumnSelection = string | readonly (string | number)[];

/**
 * The indices of selected columns.
 * @param names `(columns)`: of all columns
 * @throws PolytokError `UNKNOWN_NAME` for what is neither a name nor an index in range; `INVALID_ARGUMENT` for no column,
 * or one that is selected twice
 */
export function columnIndices(selection: ColumnSelection, names: readonly string[]): number[] {
  const parts = typeof selection === 'string' ? selection.split(',') : selection;
  const indices = parts.flatMap((part) => indicesOf(typeof part === 'string' ? part.trim() : part, names));
  const twice = indices.find((index, at) => indices.indexOf(index) !== at);
  if (indices.length > 0 && twice === undefined) return indices;
  const problem = twice === undefined ? 'selects no column' : `selects column ${twice} twice`;
  throw new PolytokError('INVALID_ARGUMENT', `The selection ${JSON.stringify(selection)} ${problem}.`, {
    details: { selection, column: twice },
  });
}

/** A track of some columns, with their names, units and grippers. @throws what {@link columnIndices} throws */
export function selectColumns(track: ActionTrack, selection: ColumnSelection): ActionTrack {
  const indices = columnIndices(selection, track.names);
  const values = gatherColumns(track, indices);
  const { fps, kind, names, units } = track;
  return createTrack({
    values,
    fps,
    kind,
    names: indices.map((index) => names[index]),
    units: units && indices.map((index) => units[index]),
    grippers: indices.flatMap((index, at) => (track.grippers.includes(index) ? [at] : [])),
  });
}

function gatherColumns({ values, steps, columns }: ActionTrack, indices: readonly number[]) {
  // Never more than there are: no column is selected twice.
  const gathered = values.slice(0, steps * indices.length);
  for (let step = 0, to = 0; step < steps; step++) {
    for (const index of indices) gathered[to++] = values[step * columns + index];
  }
  return gathered;
}

const RANGE = /^(\d*):(\d*)$/;

function indicesOf(part: string | number, names: readonly string[]): number[] {
  const named = names.indexOf(part as string);
  if (named !== -1) return [named];
  const range = RANGE.exec(String(part));
  if (range) {
    const from = Number(range[1]);
    const to = range[2] === '' ? names.length : Number(range[2]);
    if (from < to && to <= names.length) return Array.from({ length: to - from }, (_, i) => from + i);
  } else {
    const index = /^\d+$/.test(String(part)) ? Number(part) : -1;
    if (index >= 0 && index < names.length) return [index];
  }
  throw new PolytokError(
    'UNKNOWN_NAME',
    `There is no column ${JSON.stringify(part)}. Columns are 0 to ${names.length - 1}: ${names.join(', ')}.`,
    { details: { column: part, available: names } },
  );
}
