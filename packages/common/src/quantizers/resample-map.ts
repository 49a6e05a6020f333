import type { AxisWeights } from './axis-weights.js';

/**
 * Resamples both axes of square maps with the same table; sums are float64.
 * @param maps `(maps, inputs, inputs, channels)`
 * @param into `(maps, outputs, outputs, channels)` receives the result
 */
export function resampleMaps(
  maps: Float32Array,
  { inputs, outputs, taps, sources, weights }: AxisWeights,
  channels: number,
  into: Float32Array,
): void {
  const count = maps.length / (inputs * inputs * channels);
  const row = new Float64Array(inputs * channels);
  const pixel = new Float64Array(channels);
  for (let map = 0; map < count; map++) {
    const from = map * inputs * row.length;
    for (let y = 0; y < outputs; y++) {
      row.fill(0);
      for (let t = y * taps; t < (y + 1) * taps; t++) {
        addScaled(row, maps, from + sources[t] * row.length, weights[t]);
      }
      for (let x = 0; x < outputs; x++) {
        pixel.fill(0);
        for (let t = x * taps; t < (x + 1) * taps; t++) {
          addScaled(pixel, row, sources[t] * channels, weights[t]);
        }
        into.set(pixel, ((map * outputs + y) * outputs + x) * channels);
      }
    }
  }
}

function addScaled(sum: Float64Array, values: Float32Array | Float64Array, at: number, weight: number): void {
  if (weight === 0) return;
  for (let i = 0; i < sum.length; i++) sum[i] += weight * values[at + i];
}
