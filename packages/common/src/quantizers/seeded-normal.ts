import { seededRandom } from '../random.js';

/**
 * Seeded numbers from N(0, 1), the same ones on every platform: Marsaglia's polar method (1964) with a logarithm made
 * of basic arithmetic, because engines round `Math.log` differently.
 * @param seed integer; its low 32 bits count
 */
export function seededNormal(seed: number): () => number {
  const next = seededRandom(seed);
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const x = next() / 2 ** 31 - 1;
      const y = next() / 2 ** 31 - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt((-2 * portableLog(square)) / square);
      spare = y * scale;
      return x * scale;
    }
  };
}

/** `length` numbers from N(0, deviation²) in single precision. */
export function normalValues(length: number, seed: number, deviation: number): Float32Array {
  const next = seededNormal(seed);
  return Float32Array.from({ length }, () => next() * deviation);
}

/** ln x for normal x in (0, 1), to about 1e-15 relative: halves taken out, then 2·artanh((m − 1)/(m + 1)) as a series. */
function portableLog(x: number): number {
  let mantissa = x;
  let doublings = 0;
  for (; mantissa < Math.SQRT1_2; mantissa *= 2) doublings++;
  const s = (mantissa - 1) / (mantissa + 1);
  const squared = s * s;
  // |s| is below 0.172: the 11 terms leave out less than 1e-17.
  let sum = 0;
  for (let power = 21; power >= 1; power -= 2) sum = sum * squared + 1 / power;
  return 2 * s * sum - doublings * Math.LN2;
}
