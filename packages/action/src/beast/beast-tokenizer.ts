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
  fingerprintOf,
  PolytokError,
  roundHalfEven,
  type SignalShape,
  type TokenizerConfig,
  type TokenSequence,
  type TokenShape,
  Vocabulary,
} from '@polytok/common';
import { requireFinite, requireLength, requireRoom, requireSame } from '../check-chunk.js';
import type { ActionChunk, ActionTokenizer, LenientDecode, LenientDecodeOptions } from '../contract.js';
import { repairIds, UNKNOWN } from '../repair-ids.js';
import { type BeastOptions, completeBeastOptions } from './beast-options.js';
import { holdUnknown } from './hold-unknown.js';
import { multiply, SplineCode } from './spline-code.js';
import { checkBounds, type WeightBounds } from './weight-bounds.js';

/** Name of this tokenizer in a registry. */
export const BEAST_TOKENIZER_TYPE = 'beast';

export interface BeastTokenizerOptions extends BeastOptions {
  /** Frozen: other bounds give the same tokens another meaning. See `fitBeastBounds`. */
  readonly bounds: WeightBounds;
}

export interface BeastDecodeOptions {
  /**
   * `(columns)`: where the curves of the joints start, the last action of the chunk before, so that nothing jumps.
   * Only for absolute targets. Default: where the tokens say.
   */
  readonly start?: ArrayLike<number>;
}

/** See the top of this file. The error of a decoded step is at most that of its control points, half a level each, plus what the curve cannot follow. */
export class BeastTokenizer implements ActionTokenizer {
  readonly modality = 'action';
  readonly vocabulary: Vocabulary;
  readonly options: Readonly<Required<BeastOptions>>;
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
    this.vocabulary = new Vocabulary({
      modality: this.modality,
      codebookSizes: [levels],
      layout: 'basis-major',
      content: fingerprintOf(JSON.stringify(this.toJSON())),
    });
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

  encodeInto(chunk: ActionChunk, ids: Uint16Array | Uint32Array): number {
    const { steps, columns, levels, points } = this.options;
    requireLength(chunk, 'chunk', steps * columns, [steps, columns]);
    requireRoom(ids, 'ids', this.maxLength);
    requireFinite(chunk, columns);
    const { low, high } = this.#bounds;
    const weights = this.#weights;
    this.#code.fit(chunk, weights);
    for (let n = 0, at = 0; n < points; n++) {
      for (let d = 0; d < columns; d++, at++) {
        const from = n * columns + this.#order[d];
        const range = high[from] - low[from];
        const weight = Math.min(Math.max(weights[from], low[from]), high[from]);
        ids[at] = range === 0 ? 0 : roundHalfEven(((weight - low[from]) / range) * (levels - 1));
      }
    }
    return this.maxLength;
  }

  /**
   * {@link decodeSync} into `chunk`, without allocation: for control loops.
   * @param ids `(points · columns)`
   * @param chunk `(steps, columns)` receives the actions
   * @throws PolytokError `INVALID_ARGUMENT`, `ID_OUT_OF_RANGE`
   */
  decodeInto(ids: ArrayLike<number>, chunk: ActionChunk, options: BeastDecodeOptions = {}): void {
    const { steps, columns } = this.options;
    requireLength(chunk, 'chunk', steps * columns, [steps, columns]);
    this.#code.evaluate(this.#weightsOf(ids, options), chunk);
  }

  /**
   * The decoded curve at any phases: another control rate, or between two steps.
   * @param phases `(rows)`, 0 for the first step of the chunk to 1 for the last
   * @returns `(rows, columns)`
   * @throws PolytokError `INVALID_ARGUMENT`, `ID_OUT_OF_RANGE`
   */
  decodeAt(
    ids: ArrayLike<number>,
    phases: ArrayLike<number>,
    options: BeastDecodeOptions = {},
  ): Float64Array {
    const { columns, points } = this.options;
    const weights = this.#weightsOf(ids, options);
    const rows = new Float64Array(phases.length * columns);
    for (let column = 0; column < columns; column++) {
      multiply(this.#code.basisAt(column, phases), points, weights, rows, { columns, column });
    }
    return rows;
  }

  encodeSync(chunk: ActionChunk): TokenSequence {
    const ids = new Uint16Array(this.maxLength);
    this.encodeInto(chunk, ids);
    const alignment = { kind: 'whole', length: this.options.steps } as const;
    return createTokenSequence({ vocabulary: this.vocabulary, ids, alignment });
  }

  /** @throws PolytokError `VOCABULARY_MISMATCH`, `ID_OUT_OF_RANGE`, `INVALID_ARGUMENT` for another number of tokens */
  decodeSync(tokens: TokenSequence, options?: BeastDecodeOptions): Float64Array {
    checkTokens(tokens, this.vocabulary);
    const chunk = new Float64Array(this.options.steps * this.options.columns);
    this.decodeInto(tokens.ids, chunk, options);
    return chunk;
  }

  async encode(chunk: ActionChunk): Promise<TokenSequence> {
    return this.encodeSync(chunk);
  }

  async decode(tokens: TokenSequence, options?: BeastDecodeOptions): Promise<Float64Array> {
    return this.decodeSync(tokens, options);
  }

  /**
   * A control point that is unknown repeats the one before it in its column, or the first that is known; a column with
   * none is `fallback`, within its bounds, or the middle of these.
   */
  decodeLenient(ids: ArrayLike<number>, { fallback }: LenientDecodeOptions = {}): LenientDecode {
    const { points, columns, levels, steps } = this.options;
    const { ids: known, issues } = repairIds(ids, { length: this.maxLength, size: levels });
    const { low, high } = this.#bounds;
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

  /** `[steps, columns]` always takes points · columns tokens. @throws PolytokError `INVALID_ARGUMENT` for another shape */
  tokenShape([steps, columns]: SignalShape): TokenShape {
    requireSame(steps, this.options.steps, 'steps');
    requireSame(columns, this.options.columns, 'columns');
    return { minLength: this.maxLength, maxLength: this.maxLength, codebooks: 1 };
  }

  toJSON(): TokenizerConfig & BeastConfig {
    const { low, high } = this.#bounds;
    return { type: BEAST_TOKENIZER_TYPE, ...this.options, low: [...low], high: [...high] };
  }

  #weightsOf(ids: ArrayLike<number>, { start }: BeastDecodeOptions): Float64Array {
    const { points, columns, levels, grippers } = this.options;
    requireLength(ids, 'ids', this.maxLength, [points, columns]);
    const weights = this.#weights;
    for (let n = 0, at = 0; n < points; n++) {
      for (let d = 0; d < columns; d++, at++) {
        const id = ids[at];
        if (!(id >= 0 && id < levels)) {
          throw new PolytokError(
            'ID_OUT_OF_RANGE',
            `Token ${at} is ${id}; this tokenizer has levels 0 to ${levels - 1}.`,
            { details: { index: at, id, levels } },
          );
        }
        const to = n * columns + this.#order[d];
        weights[to] = this.#level(id, to);
      }
    }
    if (start) {
      requireLength(start, 'start', columns, [columns]);
      requireFinite(start, columns);
      for (let d = 0; d < columns; d++) if (!grippers.includes(d)) weights[d] = start[d];
    }
    return weights;
  }

  /** The control point `at` that a token stands for. */
  #level(id: number, at: number): number {
    const { low, high } = this.#bounds;
    return (id / (this.options.levels - 1)) * (high[at] - low[at]) + low[at];
  }
}

interface BeastConfig extends Required<BeastOptions> {
  readonly type: typeof BEAST_TOKENIZER_TYPE;
  /** `(points, columns)`, flat, in input order. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}
