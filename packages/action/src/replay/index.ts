/** Replays of actions in a simulator: does what was decoded still do the task? */
export { ARM, type ArmPlacement, GRIPPER_OPEN } from './arm-mjcf.js';
export * from './create-replay.js';
export * from './load-mujoco.js';
export type * from './mujoco-like.js';
export * from './read-replay-episodes.js';
export * from './robot.js';
export * from './simulation.js';
export { ARM_TASKS, CIRCLE_RADIUS } from './tasks/arm-tasks.js';
export { BIMANUAL_TASKS } from './tasks/bimanual-tasks.js';
export type * from './tasks/contract.js';
export * from './tasks/find-task.js';
