import { ARM } from '@polytok/action/replay';

/** Where a gripper is and how it is turned. */
export interface ToolPose {
  /** The grasp point in the arm's frame, in metres. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Turn about the vertical: the fingers open across this direction. Radians. */
  readonly yaw: number;
  /** Lean from straight down towards `yaw`, in radians. */
  readonly tilt: number;
}

/**
 * Angles of the six joints that put the grasp point there, in closed form: waist, shoulder and elbow place the centre of
 * the wrist, elbow up; the wrist turns the tool.
 * @throws RangeError where the arm does not reach
 */
export function inverseKinematics({ x, y, z, yaw, tilt }: ToolPose): number[] {
  const { sin, cos, atan2, hypot, acos } = Math;
  const lean = Math.PI / 2 - tilt;
  // Columns of the tool's rotation Rz(yaw)·Ry(lean): where it points, where its fingers open, and across both.
  const along = [cos(yaw) * cos(lean), sin(yaw) * cos(lean), -sin(lean)];
  const open = [-sin(yaw), cos(yaw), 0];
  const across = [cos(yaw) * sin(lean), sin(yaw) * sin(lean), cos(lean)];

  const wrist = [x - ARM.tool * along[0], y - ARM.tool * along[1], z - ARM.tool * along[2]];
  const waist = atan2(wrist[1], wrist[0]);
  const out = hypot(wrist[0], wrist[1]);
  const up = wrist[2] - ARM.shoulderHeight;
  const reach = hypot(out, up);
  if (reach > ARM.upper + ARM.fore) throw new RangeError(`(${x}, ${y}, ${z}) is out of reach.`);
  const inner = acos((ARM.upper ** 2 + reach ** 2 - ARM.fore ** 2) / (2 * ARM.upper * reach));
  const rise = atan2(up, out) + inner; // of the upper arm, from the table
  const dip = -atan2(up - ARM.upper * sin(rise), out - ARM.upper * cos(rise)); // of the forearm
  const shoulder = Math.PI / 2 - rise;

  // What is left to the wrist: (Rz(waist)·Ry(dip))ᵀ · tool = Rx(roll)·Ry(pitch)·Rx(turn), read off first row and column.
  const ahead = [cos(waist) * cos(dip), sin(waist) * cos(dip), -sin(dip)];
  const side = [-sin(waist), cos(waist), 0];
  const above = [cos(waist) * sin(dip), sin(waist) * sin(dip), cos(dip)];
  const dot = (a: number[], b: number[]) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const forearmRoll = atan2(dot(side, along), -dot(above, along));
  const wristPitch = acos(Math.min(Math.max(dot(ahead, along), -1), 1));
  const wristRoll = atan2(dot(ahead, open), dot(ahead, across));
  return [waist, shoulder, dip - shoulder, forearmRoll, wristPitch, wristRoll];
}
