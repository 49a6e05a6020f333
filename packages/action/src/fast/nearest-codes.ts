import { PolytokError } from '@polytok/common';
import type { CoefficientCoder } from './coefficient-coder.js';

/** `(codes)`: for each code the nearest one that comes back, the lower of two. @throws PolytokError `INVALID_ARGUMENT` when there is none */
export function nearestCodes(coder: Pick<CoefficientCoder, 'codes' | 'spells'>): Uint32Array {
  const { codes } = coder;
  const below = new Int32Array(codes);
  for (let code = 0, last = -1; code < codes; code++) {
    if (coder.spells(code)) last = code;
    below[code] = last;
  }
  const nearest = new Uint32Array(codes);
  for (let code = codes - 1, next = -1; code >= 0; code--) {
    if (coder.spells(code)) next = code;
    const lower = below[code];
    nearest[code] = lower === -1 || (next !== -1 && next - code < code - lower) ? next : lower;
  }
  if (codes > 0 && coder.spells(codes - 1)) return nearest;
  throw new PolytokError('INVALID_ARGUMENT', 'This vocabulary spells no coefficient at all.');
}
