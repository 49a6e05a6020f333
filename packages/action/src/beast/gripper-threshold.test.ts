import { expect, it } from 'vitest';
import { GripperThreshold } from './gripper-threshold.js';

it('flips once where a value trembles between the thresholds, also from chunk to chunk', () => {
  const threshold = new GripperThreshold({
    columns: 2,
    grippers: [1],
    fall: 0.3,
    rise: 0.7,
    low: 0,
    high: 0.04,
  });
  const first = Float64Array.of(5, 0.1, 5, 0.6, 5, 0.75, 5, 0.5);
  threshold.apply(first);
  expect([...first]).toEqual([5, 0, 5, 0, 5, 0.04, 5, 0.04]);
  const next = Float64Array.of(5, 0.31, 5, 0.29, 5, 0.69);
  threshold.apply(next);
  expect([...next]).toEqual([5, 0.04, 5, 0, 5, 0]);
});

it('starts anew after a reset: what is between the thresholds is low', () => {
  const threshold = new GripperThreshold({ columns: 1, grippers: [0], fall: -0.5, rise: 0.5 });
  const between = Float64Array.of(0.9, 0);
  threshold.apply(between);
  expect([...between]).toEqual([1, 1]);
  threshold.reset();
  const again = Float64Array.of(0);
  threshold.apply(again);
  expect([...again]).toEqual([-1]);
});

it.each([{ grippers: [2] }, { fall: 1 }, { high: Number.NaN }])('refuses %j', (bad) => {
  const options = { columns: 2, grippers: [1], ...bad };
  expect(() => new GripperThreshold(options)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
});
