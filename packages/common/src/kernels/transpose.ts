/** The transpose of `values` `(rows, width)`, with row `i` times `scales[i]`. */
export function transpose(values: Float32Array, width: number, scales?: Float64Array): Float32Array {
  const rows = values.length / width;
  const transposed = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    const scale = scales?.[row] ?? 1;
    for (let j = 0; j < width; j++) transposed[j * rows + row] = values[row * width + j] * scale;
  }
  return transposed;
}
