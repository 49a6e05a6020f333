/** Random arrays for tests, the same ones for the same seed. */
import { seededRandom } from '../random.js';

/** Values uniform in [-1, 1). */
export function uniform(length: number, seed: number): Float32Array {
  const next = seededRandom(seed);
  return Float32Array.from({ length }, () => next() / 2 ** 31 - 1);
}

/** Small integers from -range to range: scores that are exact, with many ties. */
export function integers(length: number, range: number, seed: number): Float32Array {
  const next = seededRandom(seed);
  return Float32Array.from({ length }, () => (next() % (2 * range + 1)) - range);
}
