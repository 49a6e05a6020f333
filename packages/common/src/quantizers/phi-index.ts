/**
 * Which of a few shared convolutions belongs to a scale, as VAR (arXiv 2404.02905) spreads them: that of the tick which is
 * nearest to `scale/(scales − 1)`, the first of equals, ticks being evenly spaced.
 *
 * Ticks are exactly between scales in common cases: with 10 scales and 4 convolutions at scales 2 and 7, where rounding
 * decides. So the operations are those of NumPy's `linspace`, in their order; published weights hang on it.
 */
export function phiIndex(scale: number, scales: number, phis: number): number {
  const position = scales === 1 ? 0 : scale / (scales - 1);
  const start = phis === 4 ? 1 / 3 / phis : 1 / 2 / phis;
  const end = 1 - start;
  const step = (end - start) / (phis - 1);
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < phis; k++) {
    const tick = k === 0 ? start : k === phis - 1 ? end : k * step + start;
    const distance = Math.abs(tick - position);
    if (distance < least) {
      least = distance;
      best = k;
    }
  }
  return best;
}
