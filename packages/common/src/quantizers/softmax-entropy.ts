/**
 * Writes softmax(logits/τ) and returns its entropy in nats, `ln Σ e^a − Σ p·a` with the largest a moved to 0.
 * @param temperature τ, above 0
 * @param probabilities as long as `logits`
 */
export function softmaxEntropy(
  logits: Float32Array | Float64Array,
  temperature: number,
  probabilities: Float64Array,
): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < logits.length; k++) largest = Math.max(largest, logits[k]);
  let sum = 0;
  for (let k = 0; k < logits.length; k++) {
    sum += probabilities[k] = Math.exp((logits[k] - largest) / temperature);
  }
  let along = 0;
  for (let k = 0; k < logits.length; k++) {
    probabilities[k] /= sum;
    // Far below the largest, 0 times a quotient that may be infinite.
    if (probabilities[k] > 0) along += (probabilities[k] * (logits[k] - largest)) / temperature;
  }
  return Math.log(sum) - along;
}
