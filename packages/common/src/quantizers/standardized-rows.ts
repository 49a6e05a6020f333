/** What is added to the variance, as in PyTorch's LayerNorm. */
const EPSILON = 1e-5;

/**
 * Each row with mean 0 and variance 1: LayerNorm without weights. A row of equal numbers becomes 0. Sums are float64.
 * @param vectors `(rows, dimension)`
 * @returns `(rows, dimension)`
 */
export function standardizedRows(vectors: Float32Array, dimension: number): Float32Array {
  const result = new Float32Array(vectors.length);
  for (let start = 0; start < vectors.length; start += dimension) {
    let sum = 0;
    for (let i = start; i < start + dimension; i++) sum += vectors[i];
    const mean = sum / dimension;
    let squares = 0;
    for (let i = start; i < start + dimension; i++) squares += (vectors[i] - mean) ** 2;
    const scale = 1 / Math.sqrt(squares / dimension + EPSILON);
    for (let i = start; i < start + dimension; i++) result[i] = (vectors[i] - mean) * scale;
  }
  return result;
}
