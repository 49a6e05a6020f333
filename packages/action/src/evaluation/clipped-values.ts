import type { ActionChunk } from '../contract.js';

/** A change that is more than the rounding of normalising and back, relative to numbers above 1. */
const ROUNDING = 1e-6;

/** How many numbers normalising and back did not give again: the normalizer clipped them. */
export function countClipped(source: ActionChunk, again: ActionChunk): number {
  let clipped = 0;
  for (let at = 0; at < source.length; at++) {
    if (Math.abs(again[at] - source[at]) > ROUNDING * Math.max(1, Math.abs(source[at]))) clipped++;
  }
  return clipped;
}
