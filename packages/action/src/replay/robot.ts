import {
  ARM_COLUMNS,
  ARM_POSITIONS,
  type ArmPlacement,
  armActuators,
  armBody,
  armEquality,
} from './arm-mjcf.js';

/** Numbers of a pose: x, y, z in metres and a unit quaternion w, x, y, z. */
export const POSE = 7;

export interface SceneObject {
  readonly name: string;
  /** Half of each side of a box, in metres. */
  readonly half: readonly [x: number, y: number, z: number];
  /** In kilograms. */
  readonly mass: number;
}

/** One or two arms on a table with boxes, in MuJoCo's terms and in those of a data set. */
export interface Robot {
  /** `robot_type` of a data set. */
  readonly name: string;
  readonly arms: readonly ArmPlacement[];
  readonly objects: readonly SceneObject[];
  /** Points that tasks aim at. */
  readonly goals: number;
  /** Names of an action's columns, D. */
  readonly columns: readonly string[];
  /** Units of the columns: `rad`, and `m` for grippers. */
  readonly units: readonly string[];
  /** Columns that are grippers. */
  readonly grippers: readonly number[];
  /** Names of the numbers around the robot, E: the pose of each object, then each goal. */
  readonly environment: readonly string[];
  /** The model, in MuJoCo's XML. */
  readonly mjcf: string;
}

/** Control steps per second, and physics steps per control step (2 ms each). */
export const CONTROL_RATE = 50;
export const PHYSICS_STEPS = 10;

const BLOCK = { half: [0.02, 0.02, 0.02], mass: 0.05 } as const;

/** Six joints and a gripper. */
export const ARM_ROBOT: Robot = createRobot({
  name: 'polytok_arm_7dof',
  arms: [{ prefix: '', x: 0, y: 0, yaw: 0 }],
  objects: [
    { name: 'red', ...BLOCK },
    { name: 'blue', ...BLOCK },
  ],
  goals: 1,
});

/** Two such arms that face each other, 0.9 m apart. */
export const BIMANUAL_ROBOT: Robot = createRobot({
  name: 'polytok_bimanual_14dof',
  arms: [
    { prefix: 'left_', x: -0.45, y: 0, yaw: 0 },
    { prefix: 'right_', x: 0.45, y: 0, yaw: Math.PI },
  ],
  objects: [
    { name: 'red', ...BLOCK },
    { name: 'blue', ...BLOCK },
    { name: 'bar', half: [0.11, 0.012, 0.015], mass: 0.08 },
  ],
  goals: 2,
});

export const ROBOTS: readonly Robot[] = [ARM_ROBOT, BIMANUAL_ROBOT];

/** Where the positions of object `index` begin in the simulator. */
export function objectAddress({ arms }: Robot, index: number): number {
  return arms.length * ARM_POSITIONS + index * POSE;
}

function createRobot(parts: Pick<Robot, 'name' | 'arms' | 'objects' | 'goals'>): Robot {
  const { arms, objects, goals } = parts;
  const width = ARM_COLUMNS.length;
  const pose = ['x', 'y', 'z', 'qw', 'qx', 'qy', 'qz'];
  return Object.freeze({
    ...parts,
    columns: arms.flatMap(({ prefix }) => ARM_COLUMNS.map((column) => prefix + column)),
    units: arms.flatMap(() => ARM_COLUMNS.map((column) => (column === 'gripper' ? 'm' : 'rad'))),
    grippers: arms.map((_, arm) => arm * width + width - 1),
    environment: [
      ...objects.flatMap(({ name }) => pose.map((part) => `${name}_${part}`)),
      ...Array.from({ length: goals }, (_, goal) =>
        ['x', 'y', 'z'].map((axis) => `goal${goal}_${axis}`),
      ).flat(),
    ],
    mjcf: sceneMjcf(parts),
  });
}

/** Boxes grip and slide with elliptic friction cones; without `impratio` above 1 a held box creeps out of the fingers. */
function sceneMjcf({ name, arms, objects }: Pick<Robot, 'name' | 'arms' | 'objects'>): string {
  const bodies = objects.map(
    (box) =>
      `<body name="${box.name}"><freejoint/><geom type="box" size="${box.half.join(' ')}" mass="${box.mass}" friction="0.8 0.01 0.0005" condim="4"/></body>`,
  );
  return `<mujoco model="${name}">
<compiler angle="radian" autolimits="true"/>
<option timestep="${1 / (CONTROL_RATE * PHYSICS_STEPS)}" integrator="implicitfast" cone="elliptic" impratio="10"/>
<worldbody>
<geom name="table" type="plane" size="2 2 0.1" friction="0.8 0.01 0.0005"/>
${arms.map(armBody).join('\n')}
${bodies.join('\n')}
</worldbody>
<equality>${arms.map(armEquality).join('\n')}</equality>
<actuator>${arms.map(armActuators).join('\n')}</actuator>
</mujoco>`;
}
