/**
 * FAST (Pertsch et al., arXiv 2501.09747): the cosine transform of a chunk along time, rounded, low frequencies first, and
 * byte-pair encoding of the result:
 *
 *     c = round(scale · DCT(x)),   flat[k·D + d] = c[k][d],   tokens = BPE(flat − minToken)
 *
 * with round half to even. The shape of a chunk is the tokenizer's, never that of the last call; tokens that spell no
 * chunk are an error, or repaired, as the caller chooses, never silent zeros.
 */
import {
  PolytokError,
  requireChoice,
  requireInteger,
  requirePositive,
  type TokenizerConfig,
  type Vocabulary,
} from '@polytok/common';
import { requireFallback, requireFinite, requireLength, requireRoom } from '../check-chunk.js';
import { ChunkTokenizer, requireIds, requireRange } from '../chunk-tokenizer.js';
import type {
  ActionChunk,
  ActionRange,
  DecodeIssue,
  LenientDecode,
  LenientDecodeOptions,
} from '../contract.js';
import { ByteLevelCoder } from './byte-level-coder.js';
import { type CodeEncoder, type CoefficientCoder, NOT_A_CODE } from './coefficient-coder.js';
import { Dct } from './dct.js';
import { IntegerCoder } from './integer-coder.js';
import { nearestCodes } from './nearest-codes.js';
import { TokenSpectra } from './token-spectra.js';

/** Name of this tokenizer in a registry. */
export const FAST_TOKENIZER_TYPE = 'fast';

/** Most steps and columns: far beyond published robots (50 steps, 32 columns). */
const MAX_STEPS = 4096;
const MAX_COLUMNS = 1024;

export interface FastOptions {
  /** T: steps of a chunk, from 1 to 4096. */
  readonly steps: number;
  /** D: numbers per step, from 1 to 1024. */
  readonly columns: number;
  /** Levels per unit of a coefficient. Default: 10. */
  readonly scale?: number;
  /** The lowest coefficient: the one of code 0. Lower ones become it. */
  readonly minToken: number;
  /**
   * What happens to a coefficient that the vocabulary cannot spell: `clamp` takes the nearest one that it can; `throw` refuses
   * the chunk; `published` does as the published processor, which loses it, so that the chunk cannot be decoded. Default:
   * 'clamp'.
   */
  readonly outside?: 'clamp' | 'throw' | 'published';
  /** `(columns)`: lenient decoding stays within these, in the units of the chunks. Default: no limits. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
}

export interface FastTokenizerOptions extends FastOptions {
  readonly coder: CoefficientCoder;
}

/** What the first tokens of a chunk say. */
export interface FastPrefix {
  /** `(steps, columns)`: the chunk of the frequencies that are known. */
  readonly actions: Float64Array;
  /** How many those are: whole rows of the transform. */
  readonly frequencies: number;
}

/** See the top of this file. Each coefficient is off by half a level at most, so each action by √(T·D)/2/scale at the very most. */
export class FastTokenizer extends ChunkTokenizer {
  static readonly type = FAST_TOKENIZER_TYPE;
  readonly vocabulary: Vocabulary;
  readonly options: Readonly<Required<Omit<FastOptions, 'low' | 'high'>> & Pick<FastOptions, 'low' | 'high'>>;
  readonly coder: CoefficientCoder;
  readonly steps: number;
  readonly columns: number;
  readonly maxLength: number;
  readonly #dct: Dct;
  /** `(codes)`: the nearest code that comes back. */
  readonly #nearest: Uint32Array;
  readonly #spectra: TokenSpectra;
  readonly #encoder: CodeEncoder;
  readonly #codes: Uint32Array;

  /** @throws PolytokError `INVALID_ARGUMENT` */
  constructor({ coder, ...options }: FastTokenizerOptions) {
    super();
    const { steps, columns, scale = 10, minToken, outside = 'clamp', low, high } = options;
    requireInteger(steps, 'steps', { minimum: 1, maximum: MAX_STEPS });
    requireInteger(columns, 'columns', { minimum: 1, maximum: MAX_COLUMNS });
    requirePositive(scale, 'scale');
    requireInteger(minToken, 'minToken', { minimum: -(2 ** 31), maximum: 2 ** 31 });
    requireChoice(outside, 'outside', ['clamp', 'throw', 'published']);
    if (low || high) requireRange(low ?? [], high ?? [], columns);
    this.options = Object.freeze({ steps, columns, scale, minToken, outside, low, high });
    this.coder = coder;
    this.steps = steps;
    this.columns = columns;
    this.maxLength = steps * columns * coder.idsPerCode;
    this.#dct = new Dct(steps, columns);
    this.#nearest = nearestCodes(coder);
    this.#spectra = new TokenSpectra({ coder, minToken, scale, length: steps * columns });
    this.#encoder = coder.encoder(steps * columns);
    this.#codes = new Uint32Array(steps * columns);
    this.vocabulary = this.vocabularyOf(coder.size, 'frequency-major');
  }

  /** @throws PolytokError `INVALID_FORMAT`, `INVALID_ARGUMENT` */
  static fromJSON(config: TokenizerConfig): FastTokenizer {
    const { type, coder, ...options } = config as unknown as FastOptions & {
      readonly type: string;
      readonly coder?: TokenizerConfig;
    };
    const Coder = [ByteLevelCoder, IntegerCoder].find((known) => known.type === coder?.type);
    if (type === FAST_TOKENIZER_TYPE && Coder) {
      return new FastTokenizer({ ...options, coder: Coder.fromJSON(coder!) });
    }
    throw new PolytokError(
      'INVALID_FORMAT',
      `A FAST tokenizer's configuration has type '${FAST_TOKENIZER_TYPE}' and a coder of type 'bytelevel' or 'integer'; got '${type}' and '${coder?.type}'. Write it with toJSON().`,
      { details: { type, coder: coder?.type } },
    );
  }

  encodeInto(chunk: ActionChunk, ids: Uint16Array | Uint32Array): number {
    requireRoom(ids, 'ids', this.maxLength);
    const codes = this.#codes;
    const known = this.#transform(chunk) * this.columns;
    this.#codesOf(known);
    if (known < codes.length) codes.fill(this.#codeOf(0, known), known);
    return this.#encoder.encodeInto(codes, ids, known);
  }

  decodeInto(ids: ArrayLike<number>, chunk: ActionChunk): void {
    requireLength(chunk, 'chunk', this.steps, this.columns);
    requireIds(ids, this.coder.size);
    const count = this.#spectra.gather(ids, this.#dct.positions, this.#dct.values);
    if (count === -1) this.#decodeTogether(ids);
    else this.#dct.inverseOf(count);
    chunk.set(this.#dct.chunk);
  }

  /** Decodes tokens that are not whole codes, each by itself, or throws what is wrong with them. */
  #decodeTogether(ids: ArrayLike<number>): void {
    const codes = this.coder.decode(ids);
    const expected = this.steps * this.columns;
    if (codes.length !== expected) {
      throw new PolytokError(
        'INVALID_ARGUMENT',
        `These tokens spell ${codes.length} coefficients; a chunk of ${this.steps} × ${this.columns} has ${expected}. Decode leniently what a model wrote.`,
        { details: { actual: codes.length, expected } },
      );
    }
    for (const [at, code] of codes.entries()) {
      if (!this.coder.spells(code)) {
        throw new PolytokError(
          'INVALID_ARGUMENT',
          `Coefficient ${at} is ${code === NOT_A_CODE ? 'broken text' : code + this.options.minToken}, which no chunk encodes to. Decode leniently what a model wrote.`,
          { details: { index: at, code } },
        );
      }
      this.#dct.coefficients[at] = (code + this.options.minToken) / this.options.scale;
    }
    this.#dct.inverse();
  }

  /**
   * Frequencies that are missing are 0, those beyond are dropped, as LeRobot's relaxed decoding does; a coefficient that no
   * chunk has is 0, too. A column whose mean is not known has that of `fallback`, or 0. The result stays within `low` and
   * `high`.
   */
  decodeLenient(ids: ArrayLike<number>, { fallback }: LenientDecodeOptions = {}): LenientDecode {
    requireFallback(fallback, this.columns);
    const issues: DecodeIssue[] = [];
    const codes = this.#knownCodes(ids, issues);
    const expected = this.steps * this.columns;
    if (codes.length < expected) {
      const message = `The tokens spell ${codes.length} of ${expected} coefficients; the others are 0.`;
      issues.push({ kind: 'too-few-tokens', message, at: ids.length, count: expected - codes.length });
    }
    if (codes.length > expected) {
      const message = `The tokens spell ${codes.length} coefficients; ${expected} are needed. The rest is ignored.`;
      issues.push({ kind: 'too-many-tokens', message, at: expected, count: codes.length - expected });
    }
    const broken = codes.slice(0, expected).filter((code) => !this.coder.spells(code)).length;
    if (broken > 0) {
      const at = codes.findIndex((code) => !this.coder.spells(code));
      const message = `${broken} coefficients are none that a chunk encodes to; they are 0.`;
      issues.push({ kind: 'not-a-code', message, at, count: broken });
    }
    const actions = this.#inverseOf(codes, fallback);
    this.#clip(actions, issues);
    return { actions, ok: issues.length === 0, issues };
  }

  /** `low` and `high`; undefined without these. */
  get range(): ActionRange | undefined {
    const { low, high } = this.options;
    return low && high && { low, high };
  }

  /** Of the coefficients: those that the vocabulary cannot spell. */
  clippedShare(chunk: ActionChunk): number {
    this.#transform(chunk);
    const { minToken } = this.options;
    const { coefficients } = this.#dct;
    const clipped = coefficients.filter((value) => this.#nearestTo(value - minToken) !== value - minToken);
    return clipped.length / coefficients.length;
  }

  /** What is known before all tokens are: whole frequencies, the lowest first. Never throws. */
  decodePrefix(ids: ArrayLike<number>): FastPrefix {
    const codes = this.#knownCodes(ids, []);
    const bad = codes.findIndex((code) => !this.coder.spells(code));
    const known = Math.min(bad === -1 ? codes.length : bad, this.steps * this.columns);
    const frequencies = Math.floor(known / this.columns);
    const actions = this.#inverseOf(codes.slice(0, frequencies * this.columns));
    this.#clip(actions, []);
    return { actions, frequencies };
  }

  toJSON(): TokenizerConfig {
    return { type: FAST_TOKENIZER_TYPE, ...this.options, coder: this.coder.toJSON() };
  }

  protected override get minLength(): number {
    if (this.options.outside === 'published') return 0;
    return Math.ceil((this.steps * this.columns) / this.coder.longest);
  }

  /** Codes of the first `known` coefficients. */
  #codesOf(known: number): void {
    const codes = this.#codes;
    const { coefficients } = this.#dct;
    const { minToken, outside } = this.options;
    if (outside !== 'clamp') {
      for (let at = 0; at < known; at++) codes[at] = this.#codeOf(coefficients[at], at);
      return;
    }
    const nearest = this.#nearest;
    const last = nearest.length - 1;
    for (let at = 0; at < known; at++) {
      codes[at] = nearest[Math.min(Math.max(coefficients[at] - minToken, 0), last)];
    }
  }

  /** @param at where the coefficient stands */
  #codeOf(coefficient: number, at: number): number {
    const { minToken, outside } = this.options;
    const code = coefficient - minToken;
    const nearest = this.#nearestTo(code);
    if (outside === 'throw' && nearest !== code) throw this.#unspeakable(at, coefficient);
    // Code points end at U+10FFFF; what is beyond has no bytes, and is lost either way.
    return outside === 'published' ? Math.min(Math.max(code, 0), 0xfffd) : nearest;
  }

  /** The rounded coefficients of a chunk. @returns the frequency from which on all are 0 */
  #transform(chunk: ActionChunk): number {
    requireLength(chunk, 'chunk', this.steps, this.columns);
    const { scale } = this.options;
    this.#dct.chunk.set(chunk);
    // Below half a level a coefficient rounds to 0.
    const frequencies = this.#dct.forward(0.5 / scale);
    // What is not finite has no energy that could be used up.
    if (frequencies === this.steps) requireFinite(chunk, this.columns);
    this.#dct.round(scale, frequencies * this.columns);
    return frequencies;
  }

  /** The code that can be spelt. */
  #nearestTo(code: number): number {
    return this.#nearest[Math.min(Math.max(code, 0), this.#nearest.length - 1)];
  }

  #unspeakable(at: number, coefficient: number): PolytokError {
    const frequency = Math.floor(at / this.columns);
    const column = at % this.columns;
    return new PolytokError(
      'INVALID_ARGUMENT',
      `Frequency ${frequency} of column ${column} is ${coefficient}, which this vocabulary cannot spell. Normalise the actions as those it was fitted to, or clamp.`,
      { details: { frequency, column, coefficient } },
    );
  }

  /** Codes of the ids that there are; the others are left out, and reported. At most `maxLength` ids are looked at. */
  #knownCodes(ids: ArrayLike<number>, issues: DecodeIssue[]): number[] {
    const { size } = this.coder;
    const looked = Array.from({ length: Math.min(ids.length, this.maxLength) }, (_, at) => ids[at]);
    const isId = (id: number) => id >>> 0 === id && id < size;
    const known = looked.filter(isId);
    if (known.length < looked.length) {
      const count = looked.length - known.length;
      const message = `${count} of ${looked.length} tokens are no ids below ${size}; they are left out.`;
      issues.push({ kind: 'id-out-of-range', message, at: looked.findIndex((id) => !isId(id)), count });
    }
    return this.coder.decode(known);
  }

  /** The chunk of as many codes as there are; others, and those that are none, count as coefficient 0, the mean as the fallback's. */
  #inverseOf(codes: readonly number[], fallback?: ArrayLike<number>): Float64Array {
    const { scale, minToken } = this.options;
    const { coefficients } = this.#dct;
    for (let at = 0; at < coefficients.length; at++) {
      const code = codes[at] ?? NOT_A_CODE;
      const mean = at < this.columns ? (fallback?.[at] ?? 0) : 0;
      coefficients[at] = this.coder.spells(code) ? (code + minToken) / scale : mean * Math.sqrt(this.steps);
    }
    this.#dct.inverse();
    return this.#dct.chunk.slice();
  }

  #clip(actions: Float64Array, issues: DecodeIssue[]): void {
    const { low, high } = this.options;
    if (low === undefined || high === undefined) return;
    // Quantization alone goes a little beyond: that is no issue.
    const slack = Math.sqrt(2 * this.steps) / this.options.scale;
    let beyond = 0;
    let first = 0;
    for (let at = 0; at < actions.length; at++) {
      const column = at % this.columns;
      const clipped = Math.min(Math.max(actions[at], low[column]), high[column]);
      if (Math.abs(clipped - actions[at]) > slack && beyond++ === 0) first = at;
      actions[at] = clipped;
    }
    if (beyond === 0) return;
    const message = `${beyond} values were far beyond the fitted range; all are kept within it.`;
    issues.push({ kind: 'value-out-of-range', message, at: first, count: beyond });
  }
}
