/** Actions in the shape of ROS's `trajectory_msgs/JointTrajectory`, for controllers that take whole trajectories. */
import { PolytokError, requireInteger } from '@polytok/common';
import { requireFinite, requireLength } from '../check-chunk.js';
import type { ActionChunk } from '../contract.js';
import type { ActionCurve } from '../spline/action-curve.js';

/** `trajectory_msgs/JointTrajectory` without its header. */
export interface JointTrajectory {
  readonly joint_names: readonly string[];
  readonly points: readonly JointTrajectoryPoint[];
}

export interface JointTrajectoryPoint {
  readonly positions: number[];
  readonly velocities: number[];
  readonly accelerations: number[];
  /** Since the start of the trajectory. */
  readonly time_from_start: { readonly sec: number; readonly nanosec: number };
}

export interface JointTrajectoryOptions {
  /** `(columns)` */
  readonly names: readonly string[];
  /** Columns that are left out, such as grippers with a controller of their own. Default: none. */
  readonly without?: readonly string[];
}

export interface CurveTrajectoryOptions extends JointTrajectoryOptions {
  /** Points, equally spaced from the start of the curve to its end, at least 2. */
  readonly points: number;
}

/** The trajectory of a spline, with its exact derivatives: what `BeastTokenizer.curve` gives. @throws PolytokError `INVALID_ARGUMENT` */
export function curveToJointTrajectory(curve: ActionCurve, options: CurveTrajectoryOptions): JointTrajectory {
  requireInteger(options.points, 'points', { minimum: 2, maximum: 1e6 });
  const phases = Float64Array.from({ length: options.points }, (_, at) => at / (options.points - 1));
  const times = phases.map((phase) => phase * curve.duration);
  return assemble(options, times, {
    positions: curve.at({ phases }),
    velocities: curve.velocityAt({ phases }),
    accelerations: curve.accelerationAt({ phases }),
  });
}

export interface ChunkTrajectoryOptions extends JointTrajectoryOptions {
  /** Steps per second. */
  readonly fps: number;
}

/**
 * The trajectory of sampled actions; velocities and accelerations are central differences, one-sided at the ends.
 * @param chunk `(steps, columns)`, at least 3 steps
 * @throws PolytokError `INVALID_ARGUMENT`
 */
export function chunkToJointTrajectory(
  chunk: ActionChunk,
  { fps, ...options }: ChunkTrajectoryOptions,
): JointTrajectory {
  const columns = options.names.length;
  const steps = Math.round(chunk.length / columns);
  requireInteger(steps, 'steps', { minimum: 3 });
  requireLength(chunk, 'chunk', steps, columns);
  requireFinite(chunk, columns);
  const velocities = differences(chunk, columns, fps);
  const times = Float64Array.from({ length: steps }, (_, step) => step / fps);
  return assemble(options, times, {
    positions: chunk,
    velocities,
    accelerations: differences(velocities, columns, fps),
  });
}

function differences(values: ActionChunk, columns: number, fps: number): Float64Array {
  const last = values.length / columns - 1;
  return Float64Array.from({ length: values.length }, (_, at) => {
    const step = Math.floor(at / columns);
    const [before, after] = [Math.max(step - 1, 0), Math.min(step + 1, last)];
    const column = at % columns;
    return ((values[after * columns + column] - values[before * columns + column]) * fps) / (after - before);
  });
}

function assemble(
  { names, without = [] }: JointTrajectoryOptions,
  times: Float64Array,
  rows: Readonly<Record<'positions' | 'velocities' | 'accelerations', ActionChunk>>,
): JointTrajectory {
  const columns = rows.positions.length / times.length;
  requireLength(names, 'names', columns);
  const unknown = without.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `There is no column '${unknown}' to leave out. There are: ${names.join(', ')}.`,
      {
        details: { name: unknown, available: names },
      },
    );
  }
  const kept = names.map((_, column) => column).filter((column) => !without.includes(names[column]));
  const row = (values: ActionChunk, step: number) => kept.map((column) => values[step * columns + column]);
  return {
    joint_names: kept.map((column) => names[column]),
    points: Array.from(times, (time, step) => ({
      positions: row(rows.positions, step),
      velocities: row(rows.velocities, step),
      accelerations: row(rows.accelerations, step),
      time_from_start: durationOf(time),
    })),
  };
}

function durationOf(seconds: number): { sec: number; nanosec: number } {
  const nanoseconds = Math.round(seconds * 1e9);
  return { sec: Math.floor(nanoseconds / 1e9), nanosec: nanoseconds % 1e9 };
}
