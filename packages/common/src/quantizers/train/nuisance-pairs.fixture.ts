import { seededNormal } from '../seeded-normal.js';
import type { FeaturePair } from './feature-pairs.js';

/** Numbers of a frame: 4 that are kept under perturbation, mixed with 4 that are drawn anew. */
export const NUISANCE_DIMENSION = 8;

/**
 * Features with structure, for tests: a frame holds four signs and four nuisance numbers, mixed by a fixed rotation. What
 * perturbs it draws the nuisance anew, so that only a projection along the signs is stable.
 */
export function nuisancePairs(frames: number, seed: number): FeaturePair {
  const normal = seededNormal(seed);
  const half = NUISANCE_DIMENSION / 2;
  const clean = new Float32Array(frames * NUISANCE_DIMENSION);
  const perturbed = new Float32Array(clean.length);
  for (let frame = 0; frame < frames; frame++) {
    for (let j = 0; j < half; j++) {
      const sign = normal() > 0 ? 1 : -1;
      const kept = sign + normal() / 10;
      const [before, after] = [normal(), normal()];
      // Both share a plane, at an angle of 45 degrees to its axes, so that no axis is stable.
      const at = frame * NUISANCE_DIMENSION + 2 * j;
      clean[at] = (kept + before) * Math.SQRT1_2;
      clean[at + 1] = (kept - before) * Math.SQRT1_2;
      perturbed[at] = (kept + after) * Math.SQRT1_2;
      perturbed[at + 1] = (kept - after) * Math.SQRT1_2;
    }
  }
  return { clean, perturbed };
}
