import { PolytokError, requireChoice, requireInteger } from '@polytok/common';
import type { BeastTokenizer } from '../beast/beast-tokenizer.js';
import { requireFinite, requireLength } from '../check-chunk.js';
import { PrefixRefit } from '../spline/prefix-refit.js';

/**
 * How a chunk continues the one before.
 * - `none`: as its tokens say; commands may jump.
 * - `position`: its joints start at the last command (C0).
 * - `velocity`: with the last command's velocity, too (C1).
 * - `refit`: its first control points are solved again on what was executed, see {@link PrefixRefit}.
 */
export type ChunkJoin = 'none' | 'position' | 'velocity' | 'refit';

export interface ChunkPlayerOptions {
  readonly tokenizer: BeastTokenizer;
  readonly join: ChunkJoin;
  /** Commands sent between the observation that a chunk answers and its arrival. Default: 0. */
  readonly delay?: number;
  /** For `refit`: commands before the observation that a chunk describes again. Default: 4. */
  readonly history?: number;
  /** For `refit`: control points that may move. Default: 4, or as many as there are commands to fit them to. */
  readonly free?: number;
  /** For `refit`: see {@link PrefixRefit}. Default: 0.05. */
  readonly weight?: number;
  /**
   * A chunk's first step is the last command before the observation, which is not sent again. Default: true; false for
   * chunks whose first step is a new command.
   */
  readonly overlap?: boolean;
}

/**
 * Plays the tokens of one chunk after the other, one command per control step, without a jump where chunks meet. Neither
 * {@link push} nor {@link step} allocates. For absolute targets; `none` fits any.
 *
 *     player.push(await policy(observation));
 *     while (player.remaining > 0) player.step(command), send(command);
 */
export class ChunkPlayer {
  readonly #tokenizer: BeastTokenizer;
  readonly #join: ChunkJoin;
  readonly #refit: PrefixRefit | undefined;
  readonly #joints: readonly number[];
  /** Commands of a new chunk that lie in the past. */
  readonly #past: number;
  /** `(kept, columns)`: the latest commands, oldest first. */
  readonly #sent: Float64Array;
  #sentSteps = 0;
  readonly #controlPoints: Float64Array;
  readonly #chunk: Float64Array;
  readonly #start: Float64Array;
  readonly #velocity: Float64Array;
  #next: number;
  #seam = 0;

  /** @throws PolytokError `INVALID_ARGUMENT` when a chunk would lie in the past, or holds too little of it to refit */
  constructor(options: ChunkPlayerOptions) {
    const { tokenizer, join, delay = 0, history = 4, free, weight, overlap = true } = options;
    const { steps, columns, points, degree, innerKnots, grippers } = tokenizer.options;
    requireChoice(join, 'join', ['none', 'position', 'velocity', 'refit']);
    requireInteger(delay, 'delay');
    requireInteger(history, 'history', { minimum: 1 });
    this.#tokenizer = tokenizer;
    this.#join = join;
    this.#past = delay + (join === 'refit' ? history : overlap ? 1 : 0);
    requireInteger(this.#past, "'delay' and what a chunk repeats", { maximum: steps - 1 });
    if (join === 'refit') {
      const movable = free ?? Math.min(4, this.#past, points - 1);
      this.#refit = new PrefixRefit({
        steps,
        points,
        degree,
        innerKnots,
        prefix: this.#past,
        free: movable,
        weight,
      });
    }
    this.#joints = Array.from({ length: columns }, (_, d) => d).filter((d) => !grippers.includes(d));
    this.#sent = new Float64Array((this.#past + 2) * columns);
    this.#controlPoints = new Float64Array(tokenizer.maxLength);
    this.#chunk = new Float64Array(steps * columns);
    this.#start = new Float64Array(columns);
    this.#velocity = new Float64Array(columns);
    this.#next = steps;
  }

  /** Steps that a chunk shares with what was sent before it; the other ones of it are played. */
  get past(): number {
    return this.#past;
  }

  /**
   * Where the latest chunk meets the one before: the largest difference of a joint between the last command and what the
   * chunk has for it. 0 for the first chunk, and where chunks share no step.
   */
  get seam(): number {
    return this.#seam;
  }

  /** Commands left in the chunk. */
  get remaining(): number {
    return this.#tokenizer.steps - this.#next;
  }

  /**
   * Where the robot is before the first chunk, as if it had been sent ever since.
   * @param command `(columns)`
   * @throws PolytokError `INVALID_ARGUMENT`
   */
  reset(command: ArrayLike<number>): void {
    const { columns, steps } = this.#tokenizer;
    requireLength(command, 'command', columns);
    requireFinite(command, columns);
    for (let at = 0; at < this.#sent.length; at++) this.#sent[at] = command[at % columns];
    this.#sentSteps = this.#sent.length / columns;
    this.#next = steps;
  }

  /**
   * Continues with another chunk; what is left of the one before is dropped.
   * @param ids all its tokens
   * @throws PolytokError `INVALID_ARGUMENT`, `ID_OUT_OF_RANGE`; the chunk before then plays on
   */
  push(ids: ArrayLike<number>): void {
    this.#tokenizer.controlPointsInto(ids, this.#controlPoints);
    if (this.#sentSteps > 0) this.#continue();
    this.#tokenizer.evaluateInto(this.#controlPoints, this.#chunk);
    this.#seam = this.#sentSteps > 0 && this.#past > 0 ? this.#measureSeam() : 0;
    // The first chunk of all has no past.
    this.#next = this.#sentSteps > 0 ? this.#past : 0;
  }

  /**
   * The command of this control step.
   * @param command `(columns)` receives it
   * @throws PolytokError `INVALID_ARGUMENT` when the chunk is over
   */
  step(command: Float32Array | Float64Array): void {
    const { columns, steps } = this.#tokenizer;
    requireLength(command, 'command', columns);
    if (this.#next === steps) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        'The chunk is over. Push the next one, or hold the last command.',
      );
    }
    this.#sent.copyWithin(0, columns);
    const end = this.#sent.length - columns;
    for (let d = 0; d < columns; d++) {
      command[d] = this.#chunk[this.#next * columns + d];
      this.#sent[end + d] = this.#chunk[this.#next * columns + d];
    }
    this.#sentSteps++;
    this.#next++;
  }

  /** Fits the control points of a new chunk to the commands before. */
  #continue(): void {
    const { columns, steps } = this.#tokenizer;
    const kept = this.#sent.length / columns;
    this.#fillPast(kept);
    if (this.#refit) {
      const prefix = this.#sent.subarray((kept - this.#past) * columns);
      for (const column of this.#joints)
        this.#refit.refitColumn(prefix, { columns, column }, this.#controlPoints);
      return;
    }
    if (this.#join === 'none') return;
    // The command of the chunk's first step: the last one of all when nothing was sent since.
    const first = Math.min(kept - Math.max(this.#past, 1), kept - 1);
    const perSecond = steps === 1 ? 0 : (steps - 1) / this.#tokenizer.options.duration;
    for (let d = 0; d < columns; d++) {
      this.#start[d] = this.#sent[first * columns + d];
      this.#velocity[d] = (this.#start[d] - this.#sent[(first - 1) * columns + d]) * perSecond;
    }
    const velocity = this.#join === 'velocity' ? this.#velocity : undefined;
    this.#tokenizer.overwriteStart(this.#controlPoints, { start: this.#start, velocity });
  }

  #measureSeam(): number {
    const { columns } = this.#tokenizer;
    const last = this.#sent.length - columns;
    const shared = (this.#past - 1) * columns;
    let seam = 0;
    for (const d of this.#joints) {
      seam = Math.max(seam, Math.abs(this.#chunk[shared + d] - this.#sent[last + d]));
    }
    return seam;
  }

  /** Repeats the first command backwards where fewer were sent than are looked at. */
  #fillPast(kept: number): void {
    const { columns } = this.#tokenizer;
    for (let step = kept - 1 - this.#sentSteps; step >= 0; step--) {
      this.#sent.copyWithin(step * columns, (step + 1) * columns, (step + 2) * columns);
    }
  }
}
