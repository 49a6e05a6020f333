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
  type SignalShape,
  type SyncTokenizer,
  type TokenizerConfig,
  type TokenSequence,
  type TokenShape,
  Vocabulary,
} from '@polytok/common';
import { type BeastOptions, completeBeastOptions } from './beast-options.js';
import { multiply, SplineCode } from './spline-code.js';
import { checkBounds, type WeightBounds } from './weight-bounds.js';

/** Name of this tokenizer in a registry. */
export const BEAST_TOKENIZER_TYPE = 'beast';

/** `(steps, columns)`, row-major. */
export type ActionChunk = Float32Array | Float64Array;

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
export class BeastTokenizer implements SyncTokenizer<ActionChunk> {
  readonly modality = 'action';
  readonly vocabulary: Vocabulary;
  readonly options: Readonly<Required<BeastOptions>>;
  /** Tokens of a chunk. */
  readonly length: number;
  readonly #bounds: WeightBounds;
  readonly #code: SplineCode;
  readonly #weights: Float64Array;
  /** Column of the d-th token of a control point: joints, then grippers. */
  readonly #order: Uint32Array;

  /** @throws PolytokError `INVALID_ARGUMENT` for options outside what {@link BeastOptions} says, or bounds that do not fit */
  constructor({ bounds, ...options }: BeastTokenizerOptions) {
    this.options = Object.freeze(completeBeastOptions(options));
    const { points, columns, levels, grippers } = this.options;
    this.#bounds = checkBounds(bounds, points * columns);
    this.#code = new SplineCode(this.options);
    this.length = points * columns;
    this.#weights = new Float64Array(this.length);
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

  /**
   * {@link encodeSync} into `ids`, without allocation: for control loops.
   * @param ids `(points · columns)` receives the tokens
   * @throws PolytokError `INVALID_ARGUMENT` for another shape, or a number that is not finite, naming it
   */
  encodeInto(chunk: ActionChunk, ids: Uint16Array | Uint32Array): void {
    const { steps, columns, levels, points } = this.options;
    checkLength(chunk, 'chunk', steps * columns, `(${steps}, ${columns})`);
    checkLength(ids, 'ids', this.length, `(${points}, ${columns})`);
    checkFinite(chunk, columns);
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
  }

  /**
   * {@link decodeSync} into `chunk`, without allocation: for control loops.
   * @param ids `(points · columns)`
   * @param chunk `(steps, columns)` receives the actions
   * @throws PolytokError `INVALID_ARGUMENT`, `ID_OUT_OF_RANGE`
   */
  decodeInto(ids: ArrayLike<number>, chunk: ActionChunk, options: BeastDecodeOptions = {}): void {
    const { steps, columns } = this.options;
    checkLength(chunk, 'chunk', steps * columns, `(${steps}, ${columns})`);
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
    const ids = new Uint16Array(this.length);
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

  /** `[steps, columns]` always takes points · columns tokens. @throws PolytokError `INVALID_ARGUMENT` for another shape */
  tokenShape([steps, columns]: SignalShape): TokenShape {
    checkSame(steps, this.options.steps, 'steps');
    checkSame(columns, this.options.columns, 'columns');
    return { minLength: this.length, maxLength: this.length, codebooks: 1 };
  }

  toJSON(): TokenizerConfig & BeastConfig {
    const { low, high } = this.#bounds;
    return { type: BEAST_TOKENIZER_TYPE, ...this.options, low: [...low], high: [...high] };
  }

  #weightsOf(ids: ArrayLike<number>, { start }: BeastDecodeOptions): Float64Array {
    const { points, columns, levels, grippers } = this.options;
    checkLength(ids, 'ids', this.length, `(${points}, ${columns})`);
    const { low, high } = this.#bounds;
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
        weights[to] = (id / (levels - 1)) * (high[to] - low[to]) + low[to];
      }
    }
    if (start) {
      checkLength(start, 'start', columns, `(${columns})`);
      checkFinite(start, columns);
      for (let d = 0; d < columns; d++) if (!grippers.includes(d)) weights[d] = start[d];
    }
    return weights;
  }
}

interface BeastConfig extends Required<BeastOptions> {
  readonly type: typeof BEAST_TOKENIZER_TYPE;
  /** `(points, columns)`, flat, in input order. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** IEEE rounding, ties to the even integer. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
}

function checkLength(values: ArrayLike<unknown>, name: string, expected: number, shape: string): void {
  if (values.length === expected) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `'${name}' has ${values.length} elements; this tokenizer's ${shape} needs ${expected}.`,
    { details: { name, actual: values.length, expected } },
  );
}

function checkSame(actual: number, expected: number, name: string): void {
  if (actual === expected) return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `This tokenizer takes chunks of ${expected} ${name}; got ${actual}. Cut or resample them.`,
    { details: { name, actual, expected } },
  );
}

function checkFinite(values: ArrayLike<number>, columns: number): void {
  for (let at = 0; at < values.length; at++) {
    if (values[at] - values[at] === 0) continue;
    const step = Math.floor(at / columns);
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `Step ${step}, column ${at % columns} is ${values[at]}; actions must be finite. Look for the cause in what made them.`,
      { details: { step, column: at % columns, value: values[at] } },
    );
  }
}
