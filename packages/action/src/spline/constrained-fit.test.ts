import { describe, expect, it } from 'vitest';
import { flat, goldens, largestDifference } from '../goldens.fixture.js';
import { ActionCurve } from './action-curve.js';
import { ConstrainedFit, type ConstrainedFitOptions, type CurveEnds } from './constrained-fit.js';

const golden = goldens.beast_constrained_fit;

function fit(
  options: ConstrainedFitOptions,
  samples: ArrayLike<number>,
  ends: readonly CurveEnds[],
): Float64Array {
  const columns = ends.length;
  const controlPoints = new Float64Array(options.points * columns);
  const fitter = new ConstrainedFit(options);
  for (let column = 0; column < columns; column++) {
    fitter.fitColumn(samples, { columns, column }, ends[column], controlPoints);
  }
  return controlPoints;
}

describe('a fit with a given start', () => {
  it.each([1, 2] as const)('gives the golden control points: order %i', (startOrder) => {
    const { M, control_points } = golden.orders[startOrder];
    const options = { steps: golden.T, points: M, degree: golden.p, startOrder, duration: golden.tau };
    const ends = golden.start_position.map((start, d) => ({
      start,
      startVelocity: golden.start_velocity[d],
    }));
    const points = fit({ ...options, ridge: golden.lambda }, flat(golden.input), ends);
    expect(largestDifference(points, control_points.flat())).toBeLessThan(1e-8);
  });
});

it.each([undefined, [0.05, 0.1, 0.2, 0.3, 0.5, 0.6]])(
  'has the velocities that it was given at both ends, with knots %j',
  (innerKnots) => {
    const samples = Float64Array.from({ length: 30 }, (_, t) => Math.sin(t / 5));
    const ordered = { startOrder: 2, endOrder: 2 } as const;
    const options = { steps: 30, points: 10, degree: 3, innerKnots, ...ordered, duration: 1.5 };
    const ends = { start: 0.1, startVelocity: 2, end: -0.4, endVelocity: -3 };
    const curve = new ActionCurve({
      controlPoints: fit(options, samples, [ends]),
      degrees: [3],
      innerKnots,
      duration: 1.5,
    });
    expect([...curve.at({ phases: [0, 1] })]).toEqual([0.1, -0.4]);
    const [first, last] = curve.velocityAt({ phases: [0, 1] });
    expect(first).toBeCloseTo(2, 12);
    expect(last).toBeCloseTo(-3, 12);
  },
);

it('refuses ends that leave nothing to fit', () => {
  const options = { steps: 10, points: 4, degree: 3, startOrder: 2, endOrder: 2 } as const;
  expect(() => new ConstrainedFit(options)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
});
