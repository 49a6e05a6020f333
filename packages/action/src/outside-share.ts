/** This much beyond a bound is rounding, as of normalising in single precision; relative to the bounds' range or size. */
const ROUNDING = 1e-6;

/**
 * Share of the values, from 0 to 1, that lie outside their bounds by more than rounding.
 * @param low as long as `values`, or as a row of them
 * @param high as long as `low`
 */
export function outsideShare(
  values: ArrayLike<number>,
  low: ArrayLike<number>,
  high: ArrayLike<number>,
): number {
  let outside = 0;
  for (let at = 0, bound = 0; at < values.length; at++) {
    const least = low[bound];
    const most = high[bound];
    const slack = ROUNDING * Math.max(most - least, Math.abs(least), Math.abs(most));
    if (values[at] < least - slack || values[at] > most + slack) outside++;
    if (++bound === low.length) bound = 0;
  }
  return outside / values.length;
}
