import { PolytokError } from '@polytok/common';
import { requireFinite } from '../check-chunk.js';
import type { MujocoLike } from './mujoco-like.js';
import { type EpisodeStart, Simulation } from './simulation.js';
import type { Task, Verdict } from './tasks/contract.js';

export interface ReplayOptions {
  /** See `loadMujoco`. */
  readonly mujoco: MujocoLike;
  readonly task: Task;
}

/** What a replay did with some actions. */
export interface ReplayOutcome extends Verdict {
  readonly steps: number;
}

/** Called before each control step, with what there is to observe then. */
export type ReplayObserver = (step: number, simulation: Simulation) => void;

/**
 * Plays actions to a simulated robot, open loop: nothing corrects what decoding changed, so success is a property of the
 * actions. The same start and actions give the same outcome.
 */
export interface Replay {
  readonly task: Task;
  /**
   * @param actions `(steps, columns)`: absolute targets, joints in radians and grippers in metres, at 50 Hz
   * @throws PolytokError `INVALID_ARGUMENT`
   */
  run(start: EpisodeStart, actions: Float32Array | Float64Array, observe?: ReplayObserver): ReplayOutcome;
  /** Frees the simulator's memory. */
  dispose(): void;
}

/** A simulator for one task; building it takes some 10 ms. @throws PolytokError `UNAVAILABLE` */
export function createReplay({ mujoco, task }: ReplayOptions): Replay {
  const simulation = new Simulation(mujoco, task.robot);
  const columns = task.robot.columns.length;
  return {
    task,
    run(start, actions, observe) {
      requireRows(actions, columns);
      simulation.reset(start);
      const judge = task.judge(simulation);
      const steps = actions.length / columns;
      for (let step = 0; step < steps; step++) {
        observe?.(step, simulation);
        simulation.step(actions, step * columns);
        judge.observe?.();
      }
      return { steps, ...judge.verdict() };
    },
    dispose: () => simulation.dispose(),
  };
}

function requireRows(actions: ArrayLike<number>, columns: number): void {
  if (actions.length === 0 || actions.length % columns !== 0) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `'actions' has ${actions.length} numbers; this robot takes one or more steps of ${columns}.`,
      { details: { name: 'actions', actual: actions.length, columns } },
    );
  }
  requireFinite(actions, columns);
}
