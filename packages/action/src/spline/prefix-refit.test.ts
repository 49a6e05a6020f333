import { expect, it } from 'vitest';
import { flat, goldens, largestDifference } from '../goldens.fixture.js';
import { ActionCurve } from './action-curve.js';
import { uniformPhases } from './basis.js';
import { PrefixRefit } from './prefix-refit.js';

const golden = goldens.prefix_refit;
const shape = {
  steps: golden.T,
  points: golden.n_ctrl,
  degree: golden.k,
  prefix: golden.n_prefix,
  free: golden.n_free,
};

it.each([
  ['w=0.0', 0],
  ['w=0.05', 0.05],
] as const)('bends to the golden control points and curve: %s', (name, weight) => {
  const expected = golden.results[name];
  const controlPoints = flat(golden.old_control_points);
  const refit = new PrefixRefit({ ...shape, weight });
  const prefix = flat(golden.prefix);
  for (const column of [0, 1]) refit.refitColumn(prefix, { columns: 2, column }, controlPoints);
  expect(largestDifference(controlPoints, expected.new_control_points.flat())).toBeLessThan(1e-8);
  const curve = new ActionCurve({ controlPoints, degrees: [golden.k, golden.k] });
  const samples = curve.at({ phases: uniformPhases(golden.T) });
  expect(largestDifference(samples, expected.curve.flat())).toBeLessThan(1e-8);
});

it('changes nothing when the curve already goes where it was', () => {
  const controlPoints = Float64Array.of(0, 1, 3, -2, 5, 0.5, 2, 1);
  const before = new ActionCurve({ controlPoints: controlPoints.slice(), degrees: [3] });
  const prefix = before.at({ phases: uniformPhases(16).subarray(0, 6) });
  new PrefixRefit({ ...shape, points: 8, degree: 3 }).refitColumn(
    prefix,
    { columns: 1, column: 0 },
    controlPoints,
  );
  expect(largestDifference(controlPoints, [0, 1, 3, -2, 5, 0.5, 2, 1])).toBeLessThan(1e-8);
});

it.each([{ prefix: 3 }, { prefix: 17 }, { free: 8 }, { weight: -1 }])('refuses %j', (bad) => {
  expect(() => new PrefixRefit({ ...shape, ...bad })).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});
