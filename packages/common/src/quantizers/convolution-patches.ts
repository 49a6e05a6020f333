/**
 * A convolution as a matrix product: every position's neighbourhood becomes a row, which is multiplied by the kernel as
 * a matrix. Stride 1, an odd kernel, zeros around the map, so that sizes stay.
 */
import { channelsLast } from './map-layout.js';

export interface PatchShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Side of the kernel, odd. */
  readonly kernel: number;
}

/**
 * The neighbourhood of every position.
 * @param maps `(maps, height, width, channels)`
 * @param patches `(maps, height, width, kernel, kernel, channels)` receives them
 */
export function extractPatches(
  maps: Float32Array,
  { height, width, channels, kernel }: PatchShape,
  patches: Float32Array,
): void {
  const reach = (kernel - 1) / 2;
  const mapSize = height * width * channels;
  let at = 0;
  for (let map = 0; map < maps.length; map += mapSize) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        // Positions of a kernel's row stand side by side in the map: one copy for those inside it.
        const first = Math.max(x - reach, 0);
        const end = Math.min(x + reach + 1, width);
        const skipped = (first - (x - reach)) * channels;
        for (let row = y - reach; row <= y + reach; row++) {
          const next = at + kernel * channels;
          patches.fill(0, at, next);
          if (row >= 0 && row < height) {
            const start = map + row * width * channels;
            patches.set(maps.subarray(start + first * channels, start + end * channels), at + skipped);
          }
          at = next;
        }
      }
    }
  }
}

/**
 * A kernel as PyTorch and ONNX store it, in the order of {@link extractPatches}: the matrix that `prepareMatrix` takes
 * as `transposed`.
 * @param weights `(outputs, channels, kernel, kernel)`
 * @returns `(outputs, kernel, kernel, channels)`
 */
export function patchWeights(
  weights: Float32Array,
  { channels, kernel }: Pick<PatchShape, 'channels' | 'kernel'>,
): Float32Array {
  return channelsLast(weights, channels, kernel * kernel);
}
