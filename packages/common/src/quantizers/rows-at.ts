/** The rows of `vectors` that start at `starts`, one after another. */
export function rowsAt(vectors: Float32Array, starts: ArrayLike<number>, dimension: number): Float32Array {
  const rows = new Float32Array(starts.length * dimension);
  for (let row = 0; row < starts.length; row++) {
    const from = starts[row];
    for (let j = 0; j < dimension; j++) rows[row * dimension + j] = vectors[from + j];
  }
  return rows;
}
