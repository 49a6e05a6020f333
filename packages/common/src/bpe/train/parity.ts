import { PolytokError } from '../../errors.js';
import { MAX_VOCABULARY } from '../merge-table.js';

/**
 * Parity-aware BPE (arXiv 2508.04796): each merge is chosen by the counts of the group that is served worst.
 */
export interface ParityOptions {
  /** Group names; `TrainingSequence.group` indexes them. */
  readonly groups: readonly string[];
  /**
   * `base`: always the worst-served group. `window`: the same, but a group that had more than `alpha / groups`
   * of the last `window` merges that groups chose is passed over. Default: 'window'.
   */
  readonly variant?: 'base' | 'window';
  /** Length of the window in merges that groups chose. Default: 100. */
  readonly window?: number;
  /** Share of the window one group may take, in multiples of the even share. Default: 2. */
  readonly alpha?: number;
  /** The hybrid form: this many first merges are chosen by the counts summed over groups. Default: 0. */
  readonly globalMerges?: number;
  /**
   * Only every so many-th merge is chosen for parity, the others by the counts summed over groups. Unlike
   * `globalMerges` it spreads parity over the whole list, so that every cut of it has its share. Default: 1 (all).
   */
  readonly interval?: number;
  /**
   * How well a group is served. `tokens`: the fewer tokens its measured sequences take, the better (they should
   * hold parallel content). `ratio`: the more its measured sequences shrank, relative to `targets`. Default: 'tokens'.
   */
  readonly measure?: 'tokens' | 'ratio';
  /** With `ratio`: wanted compression of each group, relative to the others. Default: 1 for all. */
  readonly targets?: readonly number[];
}

/** Merges that can be remembered: more than any vocabulary has. */
const MAX_WINDOW = MAX_VOCABULARY;

/** Chooses the group whose counts decide the next merge. */
export class ParityPolicy {
  readonly groups: number;
  /** Whether some merges are chosen by the counts summed over groups. */
  readonly hybrid: boolean;
  readonly #globalMerges: number;
  readonly #interval: number;
  readonly #options: Required<Pick<ParityOptions, 'variant' | 'window' | 'alpha' | 'measure'>>;
  readonly #targets: readonly number[];
  readonly #initial: Float64Array;
  readonly #tokens: Float64Array;
  readonly #recent: Int32Array;
  readonly #recentOf: Uint32Array;
  #step = 0;

  /** @param initialTokens `(groups)` tokens of each group's measured sequences before the first merge */
  constructor(options: ParityOptions, initialTokens: Float64Array) {
    const {
      groups,
      variant = 'window',
      window = 100,
      alpha = 2,
      globalMerges = 0,
      interval = 1,
      measure = 'tokens',
      targets = groups.map(() => 1),
    } = options;
    if (groups.length === 0) throw new PolytokError('INVALID_ARGUMENT', 'Parity needs at least one group.');
    const missing = groups.filter((_, g) => initialTokens[g] === 0);
    if (missing.length > 0) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `Parity needs measured sequences for every group; none for: ${missing.join(', ')}.`,
        { details: { missing } },
      );
    }
    if (targets.length !== groups.length || targets.some((target) => !(target > 0))) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `Parity targets must be one positive number per group (${groups.length}); got [${targets}].`,
        { details: { targets } },
      );
    }
    if (!Number.isInteger(window) || window < 1 || window > MAX_WINDOW || !(alpha > 0)) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `Parity needs a window of 1 to ${MAX_WINDOW} merges and a positive alpha; got ${window} and ${alpha}.`,
        { details: { window, alpha } },
      );
    }
    this.groups = groups.length;
    if (!Number.isInteger(globalMerges) || globalMerges < 0 || !Number.isInteger(interval) || interval < 1) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `Parity needs a whole number of global merges and an interval of at least 1; got ${globalMerges} and ${interval}.`,
        { details: { globalMerges, interval } },
      );
    }
    this.#globalMerges = globalMerges;
    this.#interval = interval;
    this.hybrid = globalMerges > 0 || interval > 1;
    this.#options = { variant, window, alpha, measure };
    this.#targets = targets;
    this.#initial = initialTokens.slice();
    this.#tokens = initialTokens.slice();
    this.#recent = new Int32Array(window).fill(-1);
    this.#recentOf = new Uint32Array(groups.length);
  }

  /** Channels that may choose merge number `merge`, the first that has a pair does; `groups` is that of all together. */
  channels(merge: number): number[] {
    if (merge < this.#globalMerges || (merge - this.#globalMerges + 1) % this.#interval !== 0)
      return [this.groups];
    return this.#interval > 1 ? [...this.#order(), this.groups] : this.#order();
  }

  /** Groups from worst to best served; those over their share of the window come last. */
  #order(): number[] {
    const { variant, window, alpha } = this.#options;
    const over = (g: number) =>
      variant === 'window' &&
      this.#recentOf[g] > (alpha / this.groups) * Math.min(window, Math.max(this.#step, 1));
    const rank = Array.from({ length: this.groups }, (_, g) => ({
      g,
      over: over(g) ? 1 : 0,
      need: this.#need(g),
    }));
    rank.sort((a, b) => a.over - b.over || b.need - a.need || a.g - b.g);
    return rank.map(({ g }) => g);
  }

  /** Notes a merge that shortened the measured data by `loss`, chosen by group `g`, or by all together (-1). */
  record(g: number, loss: Float64Array): void {
    for (let k = 0; k < this.groups; k++) this.#tokens[k] -= loss[k];
    if (g < 0) return;
    const slot = this.#step++ % this.#recent.length;
    if (this.#recent[slot] >= 0) this.#recentOf[this.#recent[slot]]--;
    this.#recent[slot] = g;
    this.#recentOf[g]++;
  }

  #need(g: number): number {
    return this.#options.measure === 'tokens'
      ? this.#tokens[g]
      : -(this.#initial[g] / this.#tokens[g]) / this.#targets[g];
  }
}
