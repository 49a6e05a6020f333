/**
 * Seeded pseudo-random 32-bit integers, the same ones on every platform: sfc32 by Chris Doty-Humphrey
 * (PractRand, public domain), period at least 2^32, seeded and warmed up as PractRand does with 32 bits.
 * Not for secrets.
 * @param seed integer; its low 32 bits count
 */
export function seededRandom(seed: number): () => number {
  let a = 0;
  let b = seed | 0;
  let c = 0;
  let counter = 1;
  const next = () => {
    const sum = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round++) next();
  return next;
}

/** An integer from 0 to `limit - 1`, each as likely as the others to about `limit / 2^32`. */
export function randomBelow(next: () => number, limit: number): number {
  return Math.floor((next() / 2 ** 32) * limit);
}
