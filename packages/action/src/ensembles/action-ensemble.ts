/**
 * One action per control step out of several overlapping chunks: the chunk whose observation is i steps old contributes
 * its row i. Which of these candidates counts how much is up to an {@link EnsembleRule}, for all columns at once or for
 * groups of columns apart, such as a gripper that must not be outvoted by seven joints.
 */
import { PolytokError, requireInteger } from '@polytok/common';
import { requireFinite, requireLength } from '../check-chunk.js';
import type { ActionChunk } from '../contract.js';
import type { EnsembleRule } from './contract.js';

/** Most numbers an ensemble holds: 128 MiB. */
export const MAX_ENSEMBLE_VALUES = 1 << 24;

/** Columns that are decided about together. */
export interface EnsembleGroup {
  /** Each once, in no other group. */
  readonly columns: readonly number[];
  readonly rule: EnsembleRule;
}

export interface ActionEnsembleOptions {
  /** Numbers per step, at least 1. */
  readonly columns: number;
  /** Most steps of a chunk, at least 1. */
  readonly steps: number;
  /** K: chunks that are kept, at least 1. Default: `steps`, all that can reach the present. */
  readonly window?: number;
  /** Decides about the columns that are in no group. */
  readonly rule: EnsembleRule;
  /** Columns that are decided about apart. Default: none. */
  readonly groups?: readonly EnsembleGroup[];
}

export interface EnsemblePushOptions {
  /** Control steps since the observation that the chunk's first row answers. Default: 0. */
  readonly age?: number;
}

const NOW: EnsemblePushOptions = {};

/** See the top of this file. Neither `push` nor `step` allocates. */
export class ActionEnsemble {
  readonly columns: number;
  readonly steps: number;
  readonly window: number;
  readonly #groups: readonly { readonly columns: Uint32Array; readonly rule: EnsembleRule }[];
  /** `(window, steps, columns)` */
  readonly #chunks: Float64Array;
  /** Steps of the chunk in each place. */
  readonly #lengths: Uint32Array;
  /** Step at which the first row of the chunk in each place was due. */
  readonly #starts: Float64Array;
  /** `(window)`: places, those in use first, by their start; equal starts in the order they came. */
  readonly #order: Uint32Array;
  #used = 0;
  #now = 0;
  readonly #weights: Float64Array;
  readonly #candidates: { count: number; columns: number; values: Float64Array };

  /** @throws PolytokError `INVALID_ARGUMENT`; `LIMIT_EXCEEDED` above {@link MAX_ENSEMBLE_VALUES} */
  constructor({ columns, steps, window = steps, rule, groups = [] }: ActionEnsembleOptions) {
    requireInteger(columns, 'columns', { minimum: 1 });
    requireInteger(steps, 'steps', { minimum: 1 });
    requireInteger(window, 'window', { minimum: 1 });
    if (window * steps * columns > MAX_ENSEMBLE_VALUES) {
      throw new PolytokError(
        'LIMIT_EXCEEDED',
        `${window} chunks of (${steps}, ${columns}) are ${window * steps * columns} numbers; an ensemble holds at most ${MAX_ENSEMBLE_VALUES}. Make 'window' smaller.`,
        { details: { window, steps, columns, limit: MAX_ENSEMBLE_VALUES } },
      );
    }
    this.columns = columns;
    this.steps = steps;
    this.window = window;
    this.#groups = completeGroups(columns, rule, groups);
    this.#chunks = new Float64Array(window * steps * columns);
    this.#lengths = new Uint32Array(window);
    this.#starts = new Float64Array(window);
    this.#order = Uint32Array.from({ length: window }, (_, place) => place);
    this.#weights = new Float64Array(window);
    this.#candidates = { count: 0, columns: 0, values: new Float64Array(window * columns) };
  }

  /**
   * Takes in a chunk, by copy. Beyond `window` chunks, the one with the oldest observation goes.
   * @param chunk `(1 to steps, columns)`; may be shorter than others
   * @throws PolytokError `INVALID_ARGUMENT` for another shape, a number that is not finite, or an age that is no integer
   */
  push(chunk: ActionChunk, { age = 0 }: EnsemblePushOptions = NOW): void {
    const { columns, steps } = this;
    const length = Math.min(Math.max(Math.round(chunk.length / columns), 1), steps);
    requireLength(chunk, 'chunk', length, columns);
    requireFinite(chunk, columns);
    requireInteger(age, 'age');
    const place = this.#placeFor(this.#now - age);
    if (place < 0) return;
    this.#chunks.set(chunk, place * steps * columns);
    this.#lengths[place] = length;
  }

  /**
   * The action of the present step; then the next step is the present.
   * @param action `(columns)` receives it
   * @returns the number of chunks that reach this step
   * @throws PolytokError `INVALID_ARGUMENT` where none does: push a chunk; the step stays the present
   */
  step(action: ActionChunk): number {
    const { columns } = this;
    requireLength(action, 'action', columns);
    for (let group = 0; group < this.#groups.length; group++) this.#decide(this.#groups[group], action);
    this.#now++;
    return this.#candidates.count;
  }

  /** Forgets all chunks: before another episode. */
  reset(): void {
    this.#used = 0;
    this.#now = 0;
  }

  #decide({ columns, rule }: { columns: Uint32Array; rule: EnsembleRule }, action: ActionChunk): void {
    this.#gather(columns);
    const { count, values } = this.#candidates;
    const weights = this.#weights;
    rule.weigh(this.#candidates, weights);
    let total = 0;
    for (let i = 0; i < count; i++) total += weights[i];
    for (let column = 0; column < columns.length; column++) {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += weights[i] * values[i * columns.length + column];
      action[columns[column]] = sum / total;
    }
  }

  /** The rows due now, of some columns. */
  #gather(columns: Uint32Array): void {
    const candidates = this.#candidates;
    let to = 0;
    let count = 0;
    for (let at = 0; at < this.#used; at++) {
      const place = this.#order[at];
      const row = this.#now - this.#starts[place];
      if (row >= this.#lengths[place]) continue;
      const from = (place * this.steps + row) * this.columns;
      for (let column = 0; column < columns.length; column++) {
        candidates.values[to++] = this.#chunks[from + columns[column]];
      }
      count++;
    }
    candidates.columns = columns.length;
    candidates.count = count;
    if (count > 0) return;
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `No chunk reaches this step: ${this.#used} are held, and all of them are over. Push a chunk first.`,
      { details: { chunks: this.#used } },
    );
  }

  /** Makes room for a chunk between those of earlier and of later start; −1 for one that is older than a full window. */
  #placeFor(start: number): number {
    const order = this.#order;
    let at = this.#used;
    while (at > 0 && this.#starts[order[at - 1]] > start) at--;
    const full = this.#used === this.window;
    if (full && at === 0) return -1;
    const place = full ? order[0] : order[this.#used];
    if (full) order.copyWithin(0, 1, at);
    else order.copyWithin(at + 1, at, this.#used++);
    order[full ? at - 1 : at] = place;
    this.#starts[place] = start;
    return place;
  }
}

function completeGroups(columns: number, rule: EnsembleRule, groups: readonly EnsembleGroup[]) {
  const taken = new Set<number>();
  for (const group of groups) {
    for (const column of group.columns) {
      requireInteger(column, 'groups', { maximum: columns - 1 });
      if (taken.has(column)) {
        throw new PolytokError('INVALID_ARGUMENT', `'groups' has column ${column} twice.`, {
          details: { name: 'groups', column },
        });
      }
      taken.add(column);
    }
  }
  const rest = Array.from({ length: columns }, (_, column) => column).filter((column) => !taken.has(column));
  return [{ columns: rest, rule }, ...groups]
    .filter((group) => group.columns.length > 0)
    .map((group) => ({ columns: Uint32Array.from(group.columns), rule: group.rule }));
}
