/**
 * L levels spread evenly over [−1, 1], both ends included: `2/(L−1)·⌊(L−1)(x + 1)/2 + ½⌋ − 1`
 * (arXiv 2411.19842, section 3.2). Shared by symmetric FSQ and residual FSQ.
 */

/** Nearest level of `value` in [−1, 1], counted from 0; ties go up. */
export function symmetricDigit(value: number, count: number): number {
  return Math.floor(((count - 1) * (value + 1)) / 2 + 0.5);
}

/** The level itself. */
export function symmetricValue(digit: number, count: number): number {
  return (2 / (count - 1)) * digit - 1;
}
