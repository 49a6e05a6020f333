import type { ActionTrack } from '@polytok/action';
import type { Simulation, Verdict } from '@polytok/action/replay';
import { median } from './median.js';

/** What a control loop did: seams, times, and how far the robot was from its plan. */
export class LoopLog {
  /** Radians, for each chunk but the first. */
  readonly seams: number[] = [];
  /** Microseconds, for each chunk. */
  readonly encodeTimes: number[] = [];
  readonly decodeTimes: number[] = [];
  readonly #plan: ActionTrack;
  readonly #state: Float64Array;
  #steps = 0;
  #squares = 0;

  constructor(plan: ActionTrack) {
    this.#plan = plan;
    this.#state = new Float64Array(plan.columns);
  }

  /** Runs one part of the loop and notes how long it took. */
  time<Result>(what: 'encode' | 'decode', run: () => Result): Result {
    const begin = performance.now();
    const result = run();
    (what === 'encode' ? this.encodeTimes : this.decodeTimes).push((performance.now() - begin) * 1000);
    return result;
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

  /** One line: the largest seam, joints against the plan (root mean square), the task, and median times. */
  report({ success, errors }: Verdict): string {
    const { columns, grippers } = this.#plan;
    const tracking = Math.sqrt(this.#squares / (this.#steps * (columns - grippers.length)));
    return [
      `${this.seams.length} seams of at most ${milli(Math.max(...this.seams))} mrad`,
      `tracking ${milli(tracking)} mrad`,
      `success ${success} within ${milli(Math.max(...Object.values(errors)))} mm`,
      `encode ${median(this.encodeTimes).toFixed(1)} µs`,
      `decode ${median(this.decodeTimes).toFixed(1)} µs`,
    ].join(', ');
  }
}

/** Three digits, so that only what is exactly 0 reads 0. */
const milli = (value: number) => Number((value * 1000).toPrecision(3));
