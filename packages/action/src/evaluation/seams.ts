/** What happens where one chunk ends and the next begins, beside what happens within chunks. */
import { requireInteger, requirePositive } from '@polytok/common';
import type { ActionChunk } from '../contract.js';

/** Jumps of one column. Null where there is no place to look at. Plain JSON. */
export interface Jumps {
  /** Root mean square over seams. */
  readonly seam: number | null;
  /** The same within chunks. */
  readonly inside: number | null;
  /** Largest at a seam. */
  readonly largest: number | null;
}

/** Plain JSON. */
export interface SeamGaps {
  readonly seams: number;
  /** `(columns)`. C0: steps from one action to the next, in the column's unit. A motion that goes on has such steps, too. */
  readonly position: readonly Jumps[];
  /** `(columns)`. C1: velocity after a step minus velocity before it, in the unit per second. */
  readonly velocity: readonly Jumps[];
}

export interface SeamOptions {
  /** D: numbers per step. */
  readonly columns: number;
  /** T: a chunk begins at every multiple. */
  readonly steps: number;
  /** Steps per second. */
  readonly fps: number;
}

/** Jumps over a stream of episodes. */
export class SeamSums {
  readonly #options: SeamOptions;
  readonly #position: readonly JumpSums[];
  readonly #velocity: readonly JumpSums[];
  #seams = 0;

  /** @throws PolytokError `INVALID_ARGUMENT` */
  constructor(options: SeamOptions) {
    requireInteger(options.columns, 'columns', { minimum: 1 });
    requireInteger(options.steps, 'steps', { minimum: 1 });
    requirePositive(options.fps, 'fps');
    this.#options = options;
    this.#position = Array.from({ length: options.columns }, () => new JumpSums());
    this.#velocity = Array.from({ length: options.columns }, () => new JumpSums());
  }

  /** @param values `(steps of the episode, columns)`: chunks one behind the other */
  add(values: ActionChunk): void {
    const { columns, steps, fps } = this.#options;
    const rows = Math.floor(values.length / columns);
    for (let row = 1; row < rows; row++) {
      const atSeam = row % steps === 0;
      if (atSeam) this.#seams++;
      // The velocity before the jump and the one after it, neither of which may be a jump at a seam itself.
      const beside = (row - 1) % steps === 0 || (row + 1) % steps === 0;
      const hasVelocities = row >= 2 && row + 1 < rows && !beside;
      for (let column = 0; column < columns; column++) {
        const at = row * columns + column;
        this.#position[column].add(values[at] - values[at - columns], atSeam);
        if (!hasVelocities) continue;
        const before = values[at - columns] - values[at - 2 * columns];
        const after = values[at + columns] - values[at];
        this.#velocity[column].add((after - before) * fps, atSeam);
      }
    }
  }

  summary(): SeamGaps {
    const summaries = (jumps: readonly JumpSums[]) => jumps.map((sums) => sums.summary());
    return {
      seams: this.#seams,
      position: summaries(this.#position),
      velocity: summaries(this.#velocity),
    };
  }
}

/** Jumps of one episode. @throws PolytokError `INVALID_ARGUMENT` */
export function seamGaps(values: ActionChunk, options: SeamOptions): SeamGaps {
  const sums = new SeamSums(options);
  sums.add(values);
  return sums.summary();
}

class JumpSums {
  readonly #squares = [0, 0];
  readonly #counts = [0, 0];
  #largest = 0;

  add(jump: number, atSeam: boolean): void {
    const kind = Number(atSeam);
    this.#squares[kind] += jump * jump;
    this.#counts[kind]++;
    if (atSeam) this.#largest = Math.max(this.#largest, Math.abs(jump));
  }

  summary(): Jumps {
    const [inside, seam] = this.#squares.map((squares, kind) =>
      this.#counts[kind] > 0 ? Math.sqrt(squares / this.#counts[kind]) : null,
    );
    return { seam, inside, largest: seam === null ? null : this.#largest };
  }
}
