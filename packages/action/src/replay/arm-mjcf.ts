/** Lengths of the arm in metres, as a small research arm has them (own model, like a ViperX in size). */
export const ARM = {
  /** From the table to the shoulder. */
  shoulderHeight: 0.16,
  /** From shoulder to elbow; points up where all joints are 0. */
  upper: 0.3,
  /** From elbow to the centre of the wrist; points forward where all joints are 0. */
  fore: 0.3,
  /** From the centre of the wrist to the grasp point between the fingers. */
  tool: 0.14,
} as const;

/** Names of an arm's columns. Joints in radians; the gripper is the way of each finger from the middle, in metres. */
export const ARM_COLUMNS = [
  'waist',
  'shoulder',
  'elbow',
  'forearm_roll',
  'wrist_pitch',
  'wrist_roll',
  'gripper',
] as const;

/** Positions that an arm has in the simulator: six joints and two fingers, which move as one. */
export const ARM_POSITIONS = 8;
/** Widest gripper, in metres from the middle. */
export const GRIPPER_OPEN = 0.04;

export interface ArmPlacement {
  /** Before each name: 'left_'. */
  readonly prefix: string;
  /** Where the arm stands, in metres. */
  readonly x: number;
  readonly y: number;
  /** Where it looks, in radians from +x. */
  readonly yaw: number;
}

/** A joint's axis, range and servo; stiffness in Nm/rad. */
const JOINTS = [
  { axis: '0 0 1', range: 3.1, stiffness: 500, armature: 0.1 },
  { axis: '0 1 0', range: 1.9, stiffness: 900, armature: 0.1 },
  { axis: '0 1 0', range: 1.8, stiffness: 700, armature: 0.1 },
  { axis: '1 0 0', range: 3.1, stiffness: 100, armature: 0.02 },
  { axis: '0 1 0', range: 2.2, stiffness: 100, armature: 0.02 },
  { axis: '1 0 0', range: 3.15, stiffness: 60, armature: 0.01 },
] as const;

const PAD = 'type="box" size="0.015 0.004 0.01" mass="0.02" friction="1.6 0.02 0.001" condim="4"';
const GRIPPER_STIFFNESS = 600;

/** Body of one arm in MuJoCo's XML. Six joints with a spherical wrist, each with gravity taken off, and two fingers. */
export function armBody({ prefix, x, y, yaw }: ArmPlacement): string {
  const { shoulderHeight, upper, fore, tool } = ARM;
  const joint = (at: number) =>
    `<joint name="${prefix}${ARM_COLUMNS[at]}" axis="${JOINTS[at].axis}" range="${-JOINTS[at].range} ${JOINTS[at].range}" armature="${JOINTS[at].armature}" damping="1"/>`;
  const link = (end: string, radius: number, mass: number) =>
    `<geom type="capsule" fromto="0 0 0 ${end}" size="${radius}" mass="${mass}" contype="0" conaffinity="0"/>`;
  const finger = (name: string, side: number) =>
    `<body name="${prefix}${name}" pos="${tool} 0 0" gravcomp="1">
<joint name="${prefix}${name}" type="slide" axis="0 ${side} 0" range="0 ${GRIPPER_OPEN}" armature="0.05" damping="4"/>
<geom ${PAD} pos="0 ${side * 0.004} 0"/></body>`;
  return `<body pos="${x} ${y} ${shoulderHeight}" euler="0 0 ${yaw}" gravcomp="1">
${joint(0)}<geom type="cylinder" size="0.05 0.05" mass="1" pos="0 0 -0.08" contype="0" conaffinity="0"/>
<body gravcomp="1">${joint(1)}${link(`0 0 ${upper}`, 0.03, 1)}
<body pos="0 0 ${upper}" gravcomp="1">${joint(2)}${link(`${fore / 2} 0 0`, 0.025, 0.5)}
<body gravcomp="1">${joint(3)}<geom type="capsule" fromto="${fore / 2} 0 0 ${fore} 0 0" size="0.025" mass="0.4" contype="0" conaffinity="0"/>
<body pos="${fore} 0 0" gravcomp="1">${joint(4)}${link('0.05 0 0', 0.025, 0.2)}
<body gravcomp="1">${joint(5)}<geom type="box" pos="0.09 0 0" size="0.02 0.05 0.015" mass="0.2"/>
<site name="${prefix}tool" pos="${tool} 0 0"/>
${finger('gripper', 1)}
${finger('finger', -1)}
</body></body></body></body></body></body>`;
}

/** The two fingers move as one. */
export function armEquality({ prefix }: ArmPlacement): string {
  return `<joint joint1="${prefix}finger" joint2="${prefix}gripper" polycoef="0 1 0 0 0" solref="0.004 1"/>`;
}

/** Position servos in the order of the columns, critically damped. */
export function armActuators({ prefix }: ArmPlacement): string {
  const servos = JOINTS.map(
    ({ range, stiffness }, at) =>
      `<position joint="${prefix}${ARM_COLUMNS[at]}" kp="${stiffness}" dampratio="1" ctrlrange="${-range} ${range}"/>`,
  );
  const gripper = `<position joint="${prefix}gripper" kp="${GRIPPER_STIFFNESS}" kv="20" ctrlrange="0 ${GRIPPER_OPEN}" forcerange="-15 15"/>`;
  return [...servos, gripper].join('\n');
}
