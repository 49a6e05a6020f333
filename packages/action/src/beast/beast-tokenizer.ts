/**
 * BEAST (Zhou et al., arXiv 2506.06072): a chunk of actions becomes the control points of one clamped B-spline per
 * column, and each control point becomes one token between bounds of its own:
 *
 *     w = (ΦᵀΦ + λI)⁻¹Φᵀx,   token = round((clip(w, low, high) − low)/(high − low)·(V − 1)),   x̂ = Φŵ
 *
 * with round half to even, both bounds being levels. Always points · columns tokens, coarse time order first:
 * `token[n·D + d]`, joints in input order, then grippers. That is the layout of the official code, to the id.
 */
import {
  checkTokens,
  createTokenSequence,
  PolytokError,
  roundHalfEven,
  type TokenizerConfig,
  type TokenSequence,
  type Vocabulary,
} from '@polytok/common';
import { requireFallback, requireFinite, requireLength, requireRoom } from '../check-chunk.js';
import { ChunkTokenizer } from '../chunk-tokenizer.js';
import type { ActionChunk, ActionRange, LenientDecode, LenientDecodeOptions } from '../contract.js';
import { holdUnknown } from '../hold-unknown.js';
import { outsideShare } from '../outside-share.js';
import { repairIds, UNKNOWN } from '../repair-ids.js';
import { ActionCurve } from '../spline/action-curve.js';
import {
  type BeastJoin,
  type BeastOptions,
  type CompleteBeastOptions,
  completeBeastOptions,
} from './beast-options.js';
import { SplineCode } from './spline-code.js';
import { checkBounds, type WeightBounds } from './weight-bounds.js';

/** Name of this tokenizer in a registry. */
export const BEAST_TOKENIZER_TYPE = 'beast';

export interface BeastTokenizerOptions extends BeastOptions {
  /** Frozen: other bounds give the same tokens another meaning. See `fitBeastBounds`. */
  readonly bounds: WeightBounds;
}

/** Shared, so that a call without a join allocates nothing. */
const NO_JOIN: BeastJoin = Object.freeze({});

/** See the top of this file. The error of a decoded step is at most that of its control points, half a level each, plus what the curve cannot follow. */
export class BeastTokenizer extends ChunkTokenizer {
  static readonly type = BEAST_TOKENIZER_TYPE;
  readonly vocabulary: Vocabulary;
  readonly options: Readonly<CompleteBeastOptions>;
  readonly steps: number;
  readonly columns: number;
  readonly maxLength: number;
  readonly #bounds: WeightBounds;
  readonly #code: SplineCode;
  readonly #weights: Float64Array;
  /** Column of the d-th token of a control point: joints, then grippers. */
  readonly #order: Uint32Array;

  /** @throws PolytokError `INVALID_ARGUMENT` for options outside what {@link BeastOptions} says, or bounds that do not fit */
  constructor({ bounds, ...options }: BeastTokenizerOptions) {
    super();
    this.options = Object.freeze(completeBeastOptions(options));
    const { steps, points, columns, levels, grippers } = this.options;
    this.steps = steps;
    this.columns = columns;
    this.maxLength = points * columns;
    this.#bounds = checkBounds(bounds, this.maxLength);
    this.#code = new SplineCode(this.options);
    this.#weights = new Float64Array(this.maxLength);
    const all = Array.from({ length: columns }, (_, d) => d);
    this.#order = Uint32Array.from([...all.filter((d) => !grippers.includes(d)), ...grippers]);
    this.vocabulary = this.vocabularyOf(levels, 'basis-major');
  }

  /** @throws PolytokError `INVALID_FORMAT`, `INVALID_ARGUMENT` */
  static fromJSON(config: TokenizerConfig): BeastTokenizer {
    const { type, low, high, ...options } = config as unknown as BeastConfig;
    if (type !== BEAST_TOKENIZER_TYPE || !Array.isArray(low) || !Array.isArray(high)) {
      throw new PolytokError(
        'INVALID_FORMAT',
        `A BEAST tokenizer's configuration has type '${BEAST_TOKENIZER_TYPE}' and lists 'low' and 'high'; got type '${type}'. Write it with toJSON().`,
        { details: { type } },
      );
    }
    return new BeastTokenizer({
      ...options,
      bounds: { low: Float64Array.from(low), high: Float64Array.from(high) },
    });
  }

  /** Bounds of the control points, `(points, columns)`, as copies. */
  get bounds(): WeightBounds {
    return { low: this.#bounds.low.slice(), high: this.#bounds.high.slice() };
  }

  /** A spline never leaves the hull of its control points, nor these their bounds. A join starts where the caller says. */
  get range(): ActionRange {
    const { columns } = this.options;
    const low = new Float64Array(columns).fill(Infinity);
    const high = new Float64Array(columns).fill(-Infinity);
    for (let at = 0; at < this.maxLength; at++) {
      low[at % columns] = Math.min(low[at % columns], this.#bounds.low[at]);
      high[at % columns] = Math.max(high[at % columns], this.#bounds.high[at]);
    }
    return { low, high };
  }

  /** Of the control points. */
  clippedShare(chunk: ActionChunk): number {
    this.fitInto(chunk, this.#weights);
    return outsideShare(this.#weights, this.#bounds.low, this.#bounds.high);
  }

  encodeInto(chunk: ActionChunk, ids: Uint16Array | Uint32Array, join: BeastJoin = NO_JOIN): number {
    const { columns, levels, points } = this.options;
    requireRoom(ids, 'ids', this.maxLength);
    this.fitInto(chunk, this.#weights, join);
    const { low, high } = this.#bounds;
    for (let n = 0, at = 0; n < points; n++) {
      for (let d = 0; d < columns; d++, at++) {
        const from = n * columns + this.#order[d];
        const range = high[from] - low[from];
        const weight = Math.min(Math.max(this.#weights[from], low[from]), high[from]);
        ids[at] = range === 0 ? 0 : roundHalfEven(((weight - low[from]) / range) * (levels - 1));
      }
    }
    return this.maxLength;
  }

  decodeInto(ids: ArrayLike<number>, chunk: ActionChunk, join: BeastJoin = NO_JOIN): void {
    this.controlPointsInto(ids, this.#weights, join);
    this.evaluateInto(this.#weights, chunk);
  }

  /**
   * The curve that tokens describe, at any control rate, with its velocity and acceleration.
   * @throws PolytokError `INVALID_ARGUMENT`, `ID_OUT_OF_RANGE`
   */
  curve(ids: ArrayLike<number>, join: BeastJoin = NO_JOIN): ActionCurve {
    const { columns, degree, innerKnots, grippers, duration } = this.options;
    const controlPoints = new Float64Array(this.maxLength);
    this.controlPointsInto(ids, controlPoints, join);
    const degrees = Array.from({ length: columns }, (_, d) => (grippers.includes(d) ? 0 : degree));
    return new ActionCurve({ controlPoints, degrees, innerKnots, duration });
  }

  /**
   * The first half of encoding: control points that fit a chunk. Unless `outside` is 'bounded' they may be out of bounds.
   * @param controlPoints `(points, columns)` in input order, receives them
   * @throws PolytokError `INVALID_ARGUMENT`
   */
  fitInto(chunk: ActionChunk, controlPoints: Float64Array, join: BeastJoin = NO_JOIN): void {
    const { steps, columns, points, outside } = this.options;
    requireLength(chunk, 'chunk', steps, columns);
    requireLength(controlPoints, 'controlPoints', points, columns);
    requireFinite(chunk, columns);
    requireJoin(join, columns);
    this.#code.fit(chunk, controlPoints, join);
    if (outside === 'clip') return;
    const fixed = join.start ? (join.velocity ? 2 : 1) : 0;
    this.#code.fitWithin(this.#bounds, chunk, controlPoints, fixed);
  }

  /**
   * The first half of decoding: the control points of tokens.
   * @param controlPoints `(points, columns)` in input order, receives them
   * @throws PolytokError `INVALID_ARGUMENT`, `ID_OUT_OF_RANGE`
   */
  controlPointsInto(ids: ArrayLike<number>, controlPoints: Float64Array, join: BeastJoin = NO_JOIN): void {
    const { points, columns, levels } = this.options;
    requireLength(ids, 'ids', points, columns);
    requireLength(controlPoints, 'controlPoints', points, columns);
    requireJoin(join, columns);
    for (let n = 0, at = 0; n < points; n++) {
      for (let d = 0; d < columns; d++, at++) {
        const id = ids[at];
        if (id >>> 0 !== id || id >= levels) {
          throw new PolytokError(
            'ID_OUT_OF_RANGE',
            `Token ${at} is ${id}; this tokenizer has levels 0 to ${levels - 1}.`,
            { details: { index: at, id, levels } },
          );
        }
        const to = n * columns + this.#order[d];
        controlPoints[to] = this.#level(id, to);
      }
    }
    this.#code.overwriteStart(controlPoints, join);
  }

  /** Moves the start of control points to where the joints start. @throws PolytokError `INVALID_ARGUMENT` */
  overwriteStart(controlPoints: Float64Array, join: BeastJoin = NO_JOIN): void {
    const { points, columns } = this.options;
    requireLength(controlPoints, 'controlPoints', points, columns);
    requireJoin(join, columns);
    this.#code.overwriteStart(controlPoints, join);
  }

  /** The other half of decoding: the chunk of control points. @throws PolytokError `INVALID_ARGUMENT` */
  evaluateInto(controlPoints: Float64Array, chunk: ActionChunk): void {
    const { steps, columns, points } = this.options;
    requireLength(controlPoints, 'controlPoints', points, columns);
    requireLength(chunk, 'chunk', steps, columns);
    this.#code.evaluate(controlPoints, chunk);
  }

  override encodeSync(chunk: ActionChunk, join?: BeastJoin): TokenSequence {
    const ids = new Uint16Array(this.maxLength);
    this.encodeInto(chunk, ids, join);
    const alignment = { kind: 'whole', length: this.options.steps } as const;
    return createTokenSequence({ vocabulary: this.vocabulary, ids, alignment });
  }

  /** @throws PolytokError `VOCABULARY_MISMATCH`, `ID_OUT_OF_RANGE`, `INVALID_ARGUMENT` for another number of tokens */
  override decodeSync(tokens: TokenSequence, join?: BeastJoin): Float64Array {
    checkTokens(tokens, this.vocabulary);
    const chunk = new Float64Array(this.options.steps * this.options.columns);
    this.decodeInto(tokens.ids, chunk, join);
    return chunk;
  }

  override async encode(chunk: ActionChunk, join?: BeastJoin): Promise<TokenSequence> {
    return this.encodeSync(chunk, join);
  }

  override async decode(tokens: TokenSequence, join?: BeastJoin): Promise<Float64Array> {
    return this.decodeSync(tokens, join);
  }

  /**
   * A control point that is unknown repeats the one before it in its column, or the first that is known; a column with
   * none is `fallback`, within its bounds, or the middle of these.
   */
  decodeLenient(ids: ArrayLike<number>, { fallback }: LenientDecodeOptions = {}): LenientDecode {
    const { points, columns, levels, steps } = this.options;
    const { ids: known, issues } = repairIds(ids, { length: this.maxLength, size: levels });
    const { low, high } = this.#bounds;
    requireFallback(fallback, columns);
    const weights = this.#weights;
    for (let n = 0, at = 0; n < points; n++) {
      for (let d = 0; d < columns; d++, at++) {
        const to = n * columns + this.#order[d];
        weights[to] = known[at] === UNKNOWN ? Number.NaN : this.#level(known[at], to);
      }
    }
    holdUnknown(weights, columns, (column) => fallback?.[column] ?? (low[column] + high[column]) / 2);
    // What is held comes from a control point with other bounds.
    for (let at = 0; at < weights.length; at++) {
      weights[at] = Math.min(Math.max(weights[at], low[at]), high[at]);
    }
    const actions = new Float64Array(steps * columns);
    this.#code.evaluate(weights, actions);
    return { actions, ok: issues.length === 0, issues };
  }

  toJSON(): TokenizerConfig & BeastConfig {
    const { low, high } = this.#bounds;
    return { type: BEAST_TOKENIZER_TYPE, ...this.options, low: [...low], high: [...high] };
  }

  /** The control point `at` that a token stands for. */
  #level(id: number, at: number): number {
    const { low, high } = this.#bounds;
    return (id / (this.options.levels - 1)) * (high[at] - low[at]) + low[at];
  }
}

interface BeastConfig extends CompleteBeastOptions {
  readonly type: typeof BEAST_TOKENIZER_TYPE;
  /** `(points, columns)`, flat, in input order. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}

function requireJoin({ start, velocity }: BeastJoin, columns: number): void {
  if (start) {
    requireLength(start, 'start', columns);
    requireFinite(start, columns);
  }
  if (velocity === undefined) return;
  requireLength(velocity, 'velocity', columns);
  requireFinite(velocity, columns);
  if (start) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    "A 'velocity' needs a 'start': name where the chunk starts, too.",
  );
}
