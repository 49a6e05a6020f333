import { PolytokError } from '@polytok/common';
import { requireFinite, requireLength } from '../check-chunk.js';
import { ARM_COLUMNS, ARM_POSITIONS } from './arm-mjcf.js';
import type { MujocoData, MujocoLike, MujocoModel } from './mujoco-like.js';
import { objectAddress, PHYSICS_STEPS, POSE, type Robot } from './robot.js';

/** A point in metres. */
export type Point = readonly [x: number, y: number, z: number];

/** Where an episode begins: everything at rest. */
export interface EpisodeStart {
  /** `(columns)`: the first `observation.state`. */
  readonly state: ArrayLike<number>;
  /** `(environment)`: the first `observation.environment_state`. */
  readonly environment: ArrayLike<number>;
}

const WIDTH = ARM_COLUMNS.length;

/**
 * A robot and its table in MuJoCo, stepped at the control rate. The same start and actions give the same motion, to the
 * bit, wherever the same version of the simulator runs: it is WebAssembly in one thread.
 */
export class Simulation {
  readonly robot: Robot;
  /** `(goals, 3)` of this episode. */
  readonly goals: Float64Array;
  readonly #mujoco: MujocoLike;
  readonly #model: MujocoModel;
  readonly #data: MujocoData;

  /** Call `dispose` in the end: the simulator's memory is not collected. @throws PolytokError `UNAVAILABLE` */
  constructor(mujoco: MujocoLike, robot: Robot) {
    this.robot = robot;
    this.goals = new Float64Array(robot.goals * 3);
    this.#mujoco = mujoco;
    this.#model = loadModel(mujoco, robot);
    this.#data = new mujoco.MjData(this.#model);
  }

  /** Puts everything where an episode begins, at rest. @throws PolytokError `INVALID_ARGUMENT` */
  reset({ state, environment }: EpisodeStart): void {
    const { columns, environment: names, objects, arms } = this.robot;
    requireLength(state, 'state', columns.length);
    requireFinite(state, columns.length);
    requireLength(environment, 'environment', names.length);
    requireFinite(environment, names.length);
    this.#mujoco.mj_resetData(this.#model, this.#data);
    const { qpos, ctrl } = this.#data;
    for (let arm = 0; arm < arms.length; arm++) {
      for (let k = 0; k < WIDTH; k++) qpos[arm * ARM_POSITIONS + k] = state[arm * WIDTH + k];
      qpos[arm * ARM_POSITIONS + WIDTH] = state[arm * WIDTH + WIDTH - 1]; // the other finger
    }
    const poses = objects.length * POSE;
    for (let k = 0; k < poses; k++) qpos[objectAddress(this.robot, 0) + k] = environment[k];
    for (let k = 0; k < this.goals.length; k++) this.goals[k] = environment[poses + k];
    for (let k = 0; k < columns.length; k++) ctrl[k] = state[k];
    this.#mujoco.mj_forward(this.#model, this.#data);
  }

  /**
   * One control step.
   * @param actions targets of the servos; those of this step are the `columns` numbers from `offset` on
   */
  step(actions: ArrayLike<number>, offset = 0): void {
    const { ctrl } = this.#data;
    for (let k = 0; k < this.robot.columns.length; k++) ctrl[k] = actions[offset + k];
    for (let k = 0; k < PHYSICS_STEPS; k++) this.#mujoco.mj_step(this.#model, this.#data);
  }

  /** Measured positions. @param out receives `columns` numbers from `offset` on */
  readState(out: Float32Array | Float64Array, offset = 0): void {
    const { qpos } = this.#data;
    for (let arm = 0; arm < this.robot.arms.length; arm++) {
      for (let k = 0; k < WIDTH; k++) out[offset + arm * WIDTH + k] = qpos[arm * ARM_POSITIONS + k];
    }
  }

  /** Poses of the objects, then the goals. @param out receives `environment` numbers from `offset` on */
  readEnvironment(out: Float32Array | Float64Array, offset = 0): void {
    const from = objectAddress(this.robot, 0);
    const poses = this.#data.qpos.subarray(from, from + this.robot.objects.length * POSE);
    out.set(poses, offset);
    out.set(this.goals, offset + poses.length);
  }

  /** The grasp point of an arm. */
  tool(arm = 0): Point {
    const { site_xpos: at } = this.#data;
    return [at[arm * 3], at[arm * 3 + 1], at[arm * 3 + 2]];
  }

  /** The centre of an object. */
  object(name: string): Point {
    const index = this.robot.objects.findIndex((object) => object.name === name);
    const from = objectAddress(this.robot, index);
    const { qpos } = this.#data;
    return [qpos[from], qpos[from + 1], qpos[from + 2]];
  }

  goal(index = 0): Point {
    return [this.goals[index * 3], this.goals[index * 3 + 1], this.goals[index * 3 + 2]];
  }

  dispose(): void {
    this.#data.delete();
    this.#model.delete();
  }
}

/** The model reaches the simulator by its file system in memory. */
function loadModel(mujoco: MujocoLike, { name, mjcf }: Robot): MujocoModel {
  const path = `/${name}.xml`;
  try {
    mujoco.FS.writeFile(path, mjcf);
    return mujoco.MjModel.loadFromXML(path);
  } catch (cause) {
    throw new PolytokError(
      'UNAVAILABLE',
      `This version of the simulator does not load '${name}'. Use 0.0.7.`,
      {
        details: { robot: name },
        cause,
      },
    );
  }
}
