import { requireInteger } from '../arguments.js';
import type { Ids } from './token-counts.js';

/** `(pieces)` running sums of positive widths: where each piece ends. @throws PolytokError `INVALID_ARGUMENT` */
export function pieceEnds(widths: Ids, name: string): Float64Array {
  const ends = new Float64Array(widths.length);
  let end = 0;
  for (let i = 0; i < widths.length; i++) {
    requireInteger(widths[i], `${name}[${i}]`, { minimum: 1 });
    ends[i] = end += widths[i];
  }
  return ends;
}
