/**
 * Radices of the stages of an FFT of `length` complex numbers, those with the most work per stage last; undefined where
 * `length` has a prime factor above 5.
 */
export function fftRadices(length: number): readonly number[] | undefined {
  const radices: number[] = [];
  let rest = length;
  for (const radix of [5, 4, 3, 2]) {
    for (; rest % radix === 0; rest /= radix) radices.unshift(radix);
  }
  return rest === 1 ? radices : undefined;
}
