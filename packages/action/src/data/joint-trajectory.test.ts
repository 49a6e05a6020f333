import { expect, it } from 'vitest';
import { ActionCurve } from '../spline/action-curve.js';
import { chunkToJointTrajectory, curveToJointTrajectory } from './joint-trajectory.js';

it('has the exact derivatives of a curve', () => {
  // 3u² over two seconds: a Bézier curve of degree 2.
  const curve = new ActionCurve({
    controlPoints: Float64Array.of(0, 9, 0, 9, 3, 9),
    degrees: [2, 2],
    duration: 2,
  });
  const { joint_names, points } = curveToJointTrajectory(curve, {
    names: ['elbow', 'gripper'],
    without: ['gripper'],
    points: 5,
  });
  expect(joint_names).toEqual(['elbow']);
  expect(points[2]).toEqual({
    positions: [0.75],
    velocities: [1.5],
    accelerations: [1.5],
    time_from_start: { sec: 1, nanosec: 0 },
  });
  expect(points[3].time_from_start).toEqual({ sec: 1, nanosec: 500_000_000 });
});

it('has the differences of samples', () => {
  const { points } = chunkToJointTrajectory(Float64Array.of(0, 1, 4, 9), { names: ['x'], fps: 10 });
  expect(points.map(({ velocities }) => velocities[0])).toEqual([10, 20, 40, 50]);
  expect(points.map(({ positions }) => positions[0])).toEqual([0, 1, 4, 9]);
  expect(points[1].time_from_start).toEqual({ sec: 0, nanosec: 100_000_000 });
});

it.each([
  () => chunkToJointTrajectory(Float64Array.of(0, 1), { names: ['x'], fps: 10 }),
  () => chunkToJointTrajectory(Float64Array.of(0, 1, Number.NaN), { names: ['x'], fps: 10 }),
  () => chunkToJointTrajectory(Float64Array.of(0, 1, 2), { names: ['x'], fps: 10, without: ['y'] }),
  () =>
    curveToJointTrajectory(new ActionCurve({ controlPoints: Float64Array.of(0, 1), degrees: [1] }), {
      names: [],
      points: 2,
    }),
])('refuses bad samples and names', (call) => {
  expect(call).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
});
