/**
 * Sine, cosine, exponential and logarithm from sums, products and quotients alone, so that tables made of them have
 * the same bits in every JavaScript engine; those of `Math` may differ in the last ones. The series stop below 1e-17.
 */

/** Cosine and sine of k/n of a turn, for integers `k` ≥ 0 and `n` > 0. Exact at quarters. */
export function unitRoot(k: number, n: number): readonly [cosine: number, sine: number] {
  const quarter = Math.round((4 * k) / n);
  const angle = (((4 * k - quarter * n) / n) * Math.PI) / 2;
  const square = angle * angle;
  let cosine = 1;
  let sine = 1;
  for (let power = 18; power >= 2; power -= 2) {
    cosine = 1 - (cosine * square) / (power * (power - 1));
    sine = 1 - (sine * square) / (power * (power + 1));
  }
  sine *= angle;
  switch (quarter % 4) {
    case 0:
      return [cosine, sine];
    case 1:
      return [-sine, cosine];
    case 2:
      return [-cosine, -sine];
    default:
      return [sine, -cosine];
  }
}

/** e^x, for |x| up to a few hundred. */
export function exp(x: number): number {
  const doublings = Math.round(x / Math.LN2);
  const rest = x - doublings * Math.LN2;
  let sum = 1;
  for (let term = 16; term >= 1; term--) sum = 1 + (sum * rest) / term;
  const factor = doublings < 0 ? 0.5 : 2;
  for (let count = Math.abs(doublings); count > 0; count--) sum *= factor;
  return sum;
}

/** Natural logarithm of x > 0. */
export function ln(x: number): number {
  let doublings = 0;
  let rest = x;
  for (; rest > Math.SQRT2; rest /= 2) doublings++;
  for (; rest < Math.SQRT1_2; rest *= 2) doublings--;
  const s = (rest - 1) / (rest + 1);
  let sum = 0;
  for (let odd = 21; odd >= 1; odd -= 2) sum = sum * s * s + 1 / odd;
  return doublings * Math.LN2 + 2 * s * sum;
}
