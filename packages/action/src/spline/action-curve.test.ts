import { describe, expect, it } from 'vitest';
import { flat, goldens, largestDifference } from '../goldens.fixture.js';
import { ActionCurve } from './action-curve.js';

const { beast_fit: golden } = goldens;
const { low, high } = { low: flat(golden.w_min), high: flat(golden.w_max) };
const decoded = Float64Array.from(
  golden.tokens,
  (token, at) => (token / 255) * (high[at] - low[at]) + low[at],
);

describe.each([
  ['tau=1.0', 1],
  ['tau=0.76', 0.76],
] as const)('a curve of %s', (name, duration) => {
  const { phase: phases, velocity, acceleration } = golden.derivatives_of_decoded_joints[name];
  const curve = new ActionCurve({ controlPoints: decoded, degrees: [4, 4, 4], duration });

  it('has the golden velocity and acceleration', () => {
    expect(largestDifference(curve.velocityAt({ phases }), velocity.flat())).toBeLessThan(1e-7);
    expect(largestDifference(curve.accelerationAt({ phases }), acceleration.flat())).toBeLessThan(1e-6);
  });

  it('is the same by phases and by times', () => {
    const times = phases.map((phase) => phase * duration);
    expect(largestDifference(curve.at({ times }), curve.at({ phases }))).toBeLessThan(1e-12);
  });
});

it('has derivatives that central differences confirm', () => {
  const curve = new ActionCurve({
    controlPoints: Float64Array.of(0, 1, 3, -2, 5, 0.5),
    degrees: [3],
    duration: 2,
  });
  const step = 1e-5;
  for (const time of [0.3, 1, 1.7]) {
    const [before, after] = curve.at({ times: [time - step, time + step] });
    expect(curve.velocityAt({ times: [time] })[0]).toBeCloseTo((after - before) / (2 * step), 6);
    const [slow, fast] = curve.velocityAt({ times: [time - step, time + step] });
    expect(curve.accelerationAt({ times: [time] })[0]).toBeCloseTo((fast - slow) / (2 * step), 5);
  }
});

it('has the derivatives of SciPy’s BSpline between knots that are not equally spaced', () => {
  const curve = new ActionCurve({
    controlPoints: Float64Array.of(0, 1, 3, -2, 5, 0.5, 2),
    degrees: [3],
    innerKnots: [0.1, 0.15, 0.6],
    duration: 2,
  });
  const phases = [0, 0.05, 0.1, 0.4, 0.9, 1];
  const values = [0, 1.52777778, 2.22222222, 0.76107907, 1.45833634, 2];
  const velocities = [15, 13.33333333, -1.66666667, 4.16647443, 0.26649906, 5.625];
  const accelerations = [50, -83.33333333, -216.66666667, 8.66589773, 19.66956819, 33.91544118];
  expect(largestDifference(curve.at({ phases }), values)).toBeLessThan(1e-8);
  expect(largestDifference(curve.velocityAt({ phases }), velocities)).toBeLessThan(1e-8);
  expect(largestDifference(curve.accelerationAt({ phases }), accelerations)).toBeLessThan(1e-8);
});

it('has no derivative where it is made of steps', () => {
  const curve = new ActionCurve({ controlPoints: Float64Array.of(1, 0, 2, 4), degrees: [0, 1] });
  expect([...curve.velocityAt({ phases: [0.2] })]).toEqual([0, 4]);
});

it('ends with its duration', () => {
  const curve = new ActionCurve({ controlPoints: Float64Array.of(1, 2), degrees: [1], duration: 0.5 });
  expect(() => curve.at({ times: [0.6] })).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT', details: { time: 0.6, duration: 0.5 } }),
  );
});
