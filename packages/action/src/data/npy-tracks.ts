/** Actions in `.npy` files: `(steps, columns)`, or `(episodes, steps, columns)`. */
import { PolytokError } from '@polytok/common';
import { decodeNpy, encodeNpy } from '@polytok/common/io';
import { type ActionTrack, createTrack, type TrackOptions } from '../tracks/action-track.js';

/** What the file does not say. */
export type NpyTrackOptions = Omit<TrackOptions, 'values' | 'columns'>;

/**
 * Reads the episodes of an array of floating-point numbers.
 * @throws PolytokError `INVALID_FORMAT` for another shape or element type; `INVALID_ARGUMENT` for names of another number
 *   of columns, or numbers that are not finite; and what `decodeNpy` throws
 */
export function readNpyTracks(bytes: Uint8Array, options: NpyTrackOptions): ActionTrack[] {
  const { dtype, shape, data } = decodeNpy(bytes);
  if ((dtype !== 'f4' && dtype !== 'f8') || shape.length < 2 || shape.length > 3 || shape.at(-1) === 0) {
    throw new PolytokError(
      'INVALID_FORMAT',
      `This array is ${dtype} of shape [${shape}]; actions are f4 or f8, (steps, columns) or (episodes, steps, columns).`,
      { details: { dtype, shape } },
    );
  }
  const [episodes, steps, columns] = shape.length === 3 ? shape : [1, ...shape];
  const size = steps * columns;
  return Array.from({ length: episodes }, (_, episode) =>
    createTrack({ ...options, columns, values: data.subarray(episode * size, (episode + 1) * size) }),
  );
}

/** `(steps, columns)`; name, rate and kind are lost. */
export function writeNpyTrack({
  values,
  steps,
  columns,
}: Pick<ActionTrack, 'values' | 'steps' | 'columns'>): Uint8Array {
  const shape = [steps, columns];
  return values instanceof Float32Array
    ? encodeNpy({ dtype: 'f4', shape, data: values })
    : encodeNpy({ dtype: 'f8', shape, data: values });
}
