/** Maps as networks give them, `(maps, channels, positions)`, and with channels last, `(maps, positions, channels)`. */
import { transpose } from '../kernels/transpose.js';

/** From channels first to channels last. */
export function channelsLast(maps: Float32Array, channels: number, positions: number): Float32Array {
  return transposeEach(maps, channels, positions);
}

/** From channels last to channels first. */
export function channelsFirst(maps: Float32Array, channels: number, positions: number): Float32Array {
  return transposeEach(maps, positions, channels);
}

/** Transposes every matrix of `(count, rows, columns)`. */
function transposeEach(matrices: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(matrices.length);
  for (let start = 0, size = rows * columns; start < matrices.length; start += size) {
    result.set(transpose(matrices.subarray(start, start + size), columns), start);
  }
  return result;
}
