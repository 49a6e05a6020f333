import type { ActionTrack } from '@polytok/action';
import type { Simulation } from '@polytok/action/replay';

/** How far a robot's joints were from a plan, in radians: the lag of its servos, and what tokens changed. */
export class Tracking {
  readonly #plan: ActionTrack;
  readonly #state: Float64Array;
  #steps = 0;
  #squares = 0;

  constructor(plan: ActionTrack) {
    this.#plan = plan;
    this.#state = new Float64Array(plan.columns);
  }

  /** Looks at the robot after the next step of the plan. */
  observe(simulation: Simulation): void {
    const { values, columns, grippers } = this.#plan;
    simulation.readState(this.#state);
    for (let column = 0; column < columns; column++) {
      if (grippers.includes(column)) continue;
      this.#squares += (this.#state[column] - values[this.#steps * columns + column]) ** 2;
    }
    this.#steps++;
  }

  /** Root of the mean square over steps and joints. */
  get error(): number {
    const { columns, grippers } = this.#plan;
    return Math.sqrt(this.#squares / (this.#steps * (columns - grippers.length)));
  }
}
