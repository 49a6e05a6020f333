/**
 * The contract of tasks: what a robot is to do with the boxes on its table, and how to tell that it did.
 *
 * A judge guarantees: its verdict depends on the simulation alone, never on the commands; errors are distances in metres.
 * It does not guarantee: that the verdict may be asked for before the episode is over.
 */
import type { Robot } from '../robot.js';
import type { Simulation } from '../simulation.js';

export interface Task {
  /** 'pick-and-place'. */
  readonly name: string;
  /** The `task` text of a data set. */
  readonly instruction: string;
  readonly robot: Robot;
  /** Watches one episode, which begins now. */
  judge(simulation: Simulation): Judge;
}

export interface Judge {
  /** Looks at the simulation; called after each control step. */
  observe?(): void;
  verdict(): Verdict;
}

export interface Verdict {
  readonly success: boolean;
  /** How far things ended from where they belong, in metres, by name. */
  readonly errors: Readonly<Record<string, number>>;
}
