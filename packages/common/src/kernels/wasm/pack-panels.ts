/** Where the values to pack lie: item `i`, position `k` is `values[i * itemStep + k * depthStep]`. */
export interface Strides {
  readonly itemStep: number;
  readonly depthStep: number;
}

/**
 * Lays `width` items side by side, `(panels, depth, width)`; the places after the last item become 0.
 * @param scales `(items)` factors of the items; omitted, all are 1
 */
export function packPanels(
  values: Float32Array,
  { itemStep, depthStep }: Strides,
  out: Float32Array,
  { items, depth, width }: { items: number; depth: number; width: number },
  scales?: Float64Array,
): void {
  for (let item = 0; item < items; item++) {
    const lane = item % width;
    const scale = scales ? scales[item] : 1;
    let from = item * itemStep;
    let to = (item - lane) * depth + lane;
    for (let k = 0; k < depth; k++, from += depthStep, to += width) out[to] = values[from] * scale;
  }
  for (let item = items; item % width !== 0; item++) {
    const lane = item % width;
    let to = (item - lane) * depth + lane;
    for (let k = 0; k < depth; k++, to += width) out[to] = 0;
  }
}
