/**
 * One token for every number of a chunk: its bin. The plainest tokenizer, and the one that RT-2, OpenVLA and openpi use.
 * Numbers are first brought from each column's range to −1 … 1, and clipped.
 *
 * | variant    | bins of a in −1 … 1                        | decoded to                                    |
 * |------------|--------------------------------------------|-----------------------------------------------|
 * | `openvla`  | V edges from −1 to 1: V − 1 intervals, and one more id for 1 itself | the interval's middle (1: that of the last) |
 * | `openpi`   | V intervals, ⌊(a + 1)·V/2⌋                 | the interval's lower edge, off by half a bin  |
 * | `centered` | V intervals, ⌊(a + 1)·V/2⌋                 | the interval's middle                         |
 */
import {
  PolytokError,
  requireChoice,
  requireInteger,
  type TokenizerConfig,
  type Vocabulary,
} from '@polytok/common';
import { requireFallback, requireFinite, requireLength, requireRoom } from '../check-chunk.js';
import { ChunkTokenizer, requireIds, requireRange } from '../chunk-tokenizer.js';
import type { ActionChunk, ActionRange, LenientDecode, LenientDecodeOptions } from '../contract.js';
import { holdUnknown } from '../hold-unknown.js';
import { outsideShare } from '../outside-share.js';
import { repairIds, UNKNOWN } from '../repair-ids.js';

export type BinVariant = 'openvla' | 'openpi' | 'centered';

export const BIN_VARIANTS: readonly BinVariant[] = ['openvla', 'openpi', 'centered'];

export interface BinOptions {
  readonly variant: BinVariant;
  /** T: steps of a chunk, from 1 to 4096. Default: 1. */
  readonly steps?: number;
  /** D: numbers per step, from 1 to 1024. */
  readonly columns: number;
  /** V: tokens, from 3 to 65536. Default: 256. */
  readonly bins?: number;
  /** `(columns)`: the range of each column. Default: −1 to 1, for actions that are normalised. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
}

/** Always steps · columns tokens, step after step. The error is at most a bin, half a bin for `centered`, and what was clipped. */
export class BinTokenizer extends ChunkTokenizer {
  static readonly type = 'bins';
  readonly vocabulary: Vocabulary;
  readonly options: Readonly<Required<BinOptions>>;
  readonly steps: number;
  readonly columns: number;
  readonly maxLength: number;

  /** @throws PolytokError `INVALID_ARGUMENT` */
  constructor({ variant, steps = 1, columns, bins = 256, low, high }: BinOptions) {
    super();
    requireChoice(variant, 'variant', BIN_VARIANTS);
    requireInteger(steps, 'steps', { minimum: 1, maximum: 4096 });
    requireInteger(columns, 'columns', { minimum: 1, maximum: 1024 });
    requireInteger(bins, 'bins', { minimum: 3, maximum: 65536 });
    const range = {
      low: low ?? new Array<number>(columns).fill(-1),
      high: high ?? new Array<number>(columns).fill(1),
    };
    requireRange(range.low, range.high, columns);
    this.options = Object.freeze({ variant, steps, columns, bins, ...range });
    this.steps = steps;
    this.columns = columns;
    this.maxLength = steps * columns;
    this.vocabulary = this.vocabularyOf(bins, 'step-major');
  }

  /** @throws PolytokError `INVALID_FORMAT`, `INVALID_ARGUMENT` */
  static fromJSON({ type, ...options }: TokenizerConfig): BinTokenizer {
    if (type === BinTokenizer.type) return new BinTokenizer(options as unknown as BinOptions);
    throw new PolytokError('INVALID_FORMAT', `Bins have type '${BinTokenizer.type}'; got '${type}'.`, {
      details: { type },
    });
  }

  get range(): ActionRange {
    return this.options;
  }

  /** Of the actions. */
  clippedShare(chunk: ActionChunk): number {
    requireLength(chunk, 'chunk', this.steps, this.columns);
    requireFinite(chunk, this.columns);
    return outsideShare(chunk, this.options.low, this.options.high);
  }

  encodeInto(chunk: ActionChunk, ids: Uint16Array | Uint32Array): number {
    const { low, high, variant, bins } = this.options;
    requireLength(chunk, 'chunk', this.steps, this.columns);
    requireRoom(ids, 'ids', this.maxLength);
    requireFinite(chunk, this.columns);
    for (let at = 0, column = 0; at < chunk.length; at++) {
      const range = high[column] - low[column];
      const share = range === 0 ? 0.5 : Math.min(Math.max((chunk[at] - low[column]) / range, 0), 1);
      ids[at] =
        variant === 'openvla' ? edgesBelow(share, bins) : Math.min(Math.floor(share * bins), bins - 1);
      if (++column === this.columns) column = 0;
    }
    return this.maxLength;
  }

  decodeInto(ids: ArrayLike<number>, chunk: ActionChunk): void {
    requireLength(ids, 'ids', this.steps, this.columns);
    requireLength(chunk, 'chunk', this.steps, this.columns);
    requireIds(ids, this.options.bins);
    for (let at = 0, column = 0; at < ids.length; at++) {
      chunk[at] = this.#valueOf(ids[at], column);
      if (++column === this.columns) column = 0;
    }
  }

  /** A number that is unknown repeats the one before it in its column, or the first that is known; else the fallback, or the middle. */
  decodeLenient(ids: ArrayLike<number>, { fallback }: LenientDecodeOptions = {}): LenientDecode {
    const { low, high, bins } = this.options;
    requireFallback(fallback, this.columns);
    const { ids: known, issues } = repairIds(ids, { length: this.maxLength, size: bins });
    const actions = Float64Array.from(known, (id, at) =>
      id === UNKNOWN ? Number.NaN : this.#valueOf(id, at % this.columns),
    );
    holdUnknown(actions, this.columns, (column) => {
      const middle = (low[column] + high[column]) / 2;
      return Math.min(Math.max(fallback?.[column] ?? middle, low[column]), high[column]);
    });
    return { actions, ok: issues.length === 0, issues };
  }

  toJSON(): TokenizerConfig {
    return { type: BinTokenizer.type, ...this.options };
  }

  #valueOf(id: number, column: number): number {
    const { low, high, variant, bins } = this.options;
    const share =
      variant === 'openvla'
        ? (Math.min(id, bins - 2) + 0.5) / (bins - 1)
        : (id + (variant === 'centered' ? 0.5 : 0)) / bins;
    return low[column] + share * (high[column] - low[column]);
  }
}

/** How many of V edges are at most a share of the range, less one: `numpy.digitize(…) - 1`. */
function edgesBelow(share: number, edges: number): number {
  const guess = Math.floor(share * (edges - 1));
  // The edge itself is computed as numpy.linspace does; a product that rounds across it is set right.
  const edge = (index: number) => -1 + index * (2 / (edges - 1));
  const value = 2 * share - 1;
  if (guess + 1 < edges && edge(guess + 1) <= value) return guess + 1;
  return guess > 0 && edge(guess) > value ? guess - 1 : guess;
}
