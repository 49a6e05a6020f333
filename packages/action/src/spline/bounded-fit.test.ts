import fc from 'fast-check';
import { expect, it } from 'vitest';
import { basisMatrix, uniformPhases } from './basis.js';
import { boundedFit } from './bounded-fit.js';

const POINTS = 6;
const STEPS = 20;
const basis = basisMatrix({ points: POINTS, degree: 3 }, uniformPhases(STEPS));
const gram = Float64Array.from({ length: POINTS * POINTS }, (_, at) => {
  const [n, k] = [Math.floor(at / POINTS), at % POINTS];
  let sum = n === k ? 1e-9 : 0;
  for (let step = 0; step < STEPS; step++) sum += basis[step * POINTS + n] * basis[step * POINTS + k];
  return sum;
});

function fit(samples: ArrayLike<number>, limit: number): Float64Array {
  const target = Float64Array.from({ length: POINTS }, (_, n) => {
    let sum = 0;
    for (let step = 0; step < STEPS; step++) sum += basis[step * POINTS + n] * samples[step];
    return sum;
  });
  const weights = new Float64Array(POINTS);
  const low = new Float64Array(POINTS).fill(-limit);
  boundedFit({ gram, target, low, high: low.map((value) => -value) }, weights);
  return weights;
}

function error(samples: ArrayLike<number>, weights: Float64Array): number {
  let sum = 0;
  for (let step = 0; step < STEPS; step++) {
    let value = 0;
    for (let n = 0; n < POINTS; n++) value += basis[step * POINTS + n] * weights[n];
    sum += (value - samples[step]) ** 2;
  }
  return sum;
}

it('finds a curve again that is within the bounds', () => {
  const weights = [0.1, 0.5, -0.3, 0.8, -0.9, 0.2];
  const samples = Array.from({ length: STEPS }, (_, step) =>
    weights.reduce((sum, weight, n) => sum + weight * basis[step * POINTS + n], 0),
  );
  const found = fit(samples, 1);
  for (const [n, weight] of weights.entries()) expect(found[n]).toBeCloseTo(weight, 6);
});

it('stays within the bounds, and is never worse there than any other curve', () => {
  const samples = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), {
    minLength: STEPS,
    maxLength: STEPS,
  });
  const other = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
    minLength: POINTS,
    maxLength: POINTS,
  });
  fc.assert(
    fc.property(samples, other, (values, weights) => {
      const found = fit(values, 1);
      expect(found.every((weight) => weight >= -1 && weight <= 1)).toBe(true);
      expect(error(values, found)).toBeLessThanOrEqual(error(values, Float64Array.from(weights)) + 1e-7);
    }),
  );
});
