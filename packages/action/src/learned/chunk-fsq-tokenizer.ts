/**
 * Finite scalar quantization of a linear code of whole chunks: principal components, the widest first, each brought
 * from its range to −1 … 1 and rounded to a few levels; the levels of some components together make a token. Coarse to
 * fine, a fixed number of tokens, and every token legal: what OAT (arXiv 2602.04215) asks of action tokens, without a
 * network.
 *
 * The quantizer is `Fsq`, variant 'fsq-lucidrains-symmetric', on atanh of the scaled components: its tanh gives them back,
 * so that levels are evenly spaced.
 */
import {
  PolytokError,
  requireInteger,
  requireIntegers,
  type TokenizerConfig,
  type Vocabulary,
} from '@polytok/common';
import { fitPca } from '@polytok/common/pca';
import { Fsq } from '@polytok/common/quantizers';
import { requireFallback, requireFinite, requireLength, requireRoom } from '../check-chunk.js';
import { ChunkTokenizer, requireIds, requireRange } from '../chunk-tokenizer.js';
import type { ActionChunk, ActionRange, LenientDecode, LenientDecodeOptions } from '../contract.js';
import { repairIds, UNKNOWN } from '../repair-ids.js';
import { floatsFromBase64, floatsToBase64 } from './base64-floats.js';
import { ChunkSample } from './chunk-sample.js';

export interface ChunkFsqOptions {
  /** T: steps of a chunk. */
  readonly steps: number;
  /** D: numbers per step; steps · columns is at most 2048. */
  readonly columns: number;
  /** Levels of the components of one token, at least 2 each; their product is the vocabulary. Default: [8, 5, 5, 5]. */
  readonly levels?: readonly number[];
  /** Tokens of a chunk, each for as many components as there are levels. Default: 8, or fewer where chunks vary less. */
  readonly tokens?: number;
}

export interface ChunkFsqTokenizerOptions extends Required<ChunkFsqOptions> {
  /** `(steps · columns)` */
  readonly mean: Float32Array;
  /** `(components, steps · columns)`, orthonormal; tokens · levels of them. */
  readonly components: Float32Array;
  /** `(components)`: −1 and 1 are this far from the mean, above 0. */
  readonly reach: Float32Array;
  /** `(columns)`: lenient decoding stays within. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Outermost levels are at ±1, where atanh is infinite: this near to it rounds to the same level. */
const INSIDE = 1 - 1e-12;

/** Always as many tokens. What is lost is half a level of each component, and the components that are left out. */
export class ChunkFsqTokenizer extends ChunkTokenizer {
  static readonly type = 'chunk-fsq';
  readonly vocabulary: Vocabulary;
  readonly options: Readonly<ChunkFsqTokenizerOptions>;
  readonly steps: number;
  readonly columns: number;
  readonly maxLength: number;
  readonly #fsq: Fsq;
  readonly #code: Float64Array;

  /** @throws PolytokError `INVALID_ARGUMENT` */
  constructor(options: ChunkFsqTokenizerOptions) {
    super();
    const { steps, columns, levels, tokens, mean, components, reach, low, high } = options;
    requireSizes(options);
    requireRange(low, high, columns);
    const count = tokens * levels.length;
    requireLength(mean, 'mean', steps, columns);
    requireLength(components, 'components', count, steps * columns);
    requireLength(reach, 'reach', count);
    if (!reach.every((value) => value > 0 && value < Infinity)) {
      throw new PolytokError('INVALID_ARGUMENT', "'reach' must be finite and above 0.", {
        details: { reach },
      });
    }
    this.options = Object.freeze({ ...options });
    this.steps = steps;
    this.columns = columns;
    this.maxLength = tokens;
    this.#fsq = new Fsq({ variant: 'fsq-lucidrains-symmetric', levels, codebooks: tokens });
    this.#code = new Float64Array(count);
    this.vocabulary = this.vocabularyOf(this.#fsq.codebookSizes[0], 'coarse-to-fine');
  }

  /** @throws PolytokError `INVALID_FORMAT`, `INVALID_ARGUMENT` */
  static fromJSON({ type, mean, components, reach, ...rest }: TokenizerConfig): ChunkFsqTokenizer {
    if (type !== ChunkFsqTokenizer.type) {
      throw new PolytokError('INVALID_FORMAT', `Its type is '${ChunkFsqTokenizer.type}'; got '${type}'.`, {
        details: { type },
      });
    }
    const options = rest as unknown as Omit<ChunkFsqTokenizerOptions, 'mean' | 'components' | 'reach'>;
    requireSizes(options);
    const size = options.steps * options.columns;
    const count = options.tokens * options.levels.length;
    return new ChunkFsqTokenizer({
      ...options,
      mean: floatsFromBase64(mean, size, 'mean'),
      components: floatsFromBase64(components, count * size, 'components'),
      reach: floatsFromBase64(reach, count, 'reach'),
    });
  }

  get range(): ActionRange {
    return this.options;
  }

  encodeInto(chunk: ActionChunk, ids: Uint16Array | Uint32Array): number {
    const { mean, components, reach } = this.options;
    requireLength(chunk, 'chunk', this.steps, this.columns);
    requireRoom(ids, 'ids', this.maxLength);
    requireFinite(chunk, this.columns);
    for (let c = 0, from = 0; c < reach.length; c++) {
      let sum = 0;
      for (let at = 0; at < chunk.length; at++, from++) sum += components[from] * (chunk[at] - mean[at]);
      this.#code[c] = Math.atanh(Math.min(Math.max(sum / reach[c], -INSIDE), INSIDE));
    }
    ids.set(this.#fsq.quantize(this.#code));
    return this.maxLength;
  }

  decodeInto(ids: ArrayLike<number>, chunk: ActionChunk): void {
    requireLength(ids, 'ids', this.maxLength);
    requireLength(chunk, 'chunk', this.steps, this.columns);
    requireIds(ids, this.vocabulary.codebookSizes[0]);
    this.#fsq.dequantize(ids, this.#code);
    this.#expand(chunk, this.maxLength);
  }

  /**
   * From the first unknown token on, components are at the middle of their range: the chunk of what is known before. Without
   * the first token the chunk is `fallback`, or the mean.
   */
  decodeLenient(ids: ArrayLike<number>, { fallback }: LenientDecodeOptions = {}): LenientDecode {
    requireFallback(fallback, this.columns);
    const { low, high } = this.options;
    const size = this.vocabulary.codebookSizes[0];
    const { ids: repaired, issues } = repairIds(ids, { length: this.maxLength, size });
    const first = repaired.indexOf(UNKNOWN);
    this.#fsq.dequantize(
      repaired.map((id) => Math.max(id, 0)),
      this.#code,
    );
    const actions = new Float64Array(this.steps * this.columns);
    this.#expand(actions, first === -1 ? this.maxLength : first);
    for (let at = 0; at < actions.length; at++) {
      const column = at % this.columns;
      const known = first === 0 ? (fallback?.[column] ?? actions[at]) : actions[at];
      actions[at] = Math.min(Math.max(known, low[column]), high[column]);
    }
    return { actions, ok: issues.length === 0, issues };
  }

  toJSON(): TokenizerConfig {
    const { mean, components, reach, ...rest } = this.options;
    return {
      type: ChunkFsqTokenizer.type,
      ...rest,
      mean: floatsToBase64(mean),
      components: floatsToBase64(components),
      reach: floatsToBase64(reach),
    };
  }

  /** The chunk of the code of the first tokens. */
  #expand(chunk: ActionChunk, tokens: number): void {
    const { mean, components, reach, levels } = this.options;
    for (let at = 0; at < chunk.length; at++) {
      let sum = mean[at];
      for (let c = 0; c < tokens * levels.length; c++) {
        sum += components[c * chunk.length + at] * this.#code[c] * reach[c];
      }
      chunk[at] = sum;
    }
  }
}

export interface ChunkFsqFitOptions extends ChunkFsqOptions {
  /** Room beyond the chunks that were seen, as a share of each component's reach. Default: 0.05. */
  readonly margin?: number;
  readonly signal?: AbortSignal;
}

/**
 * Fits the components and their ranges to at most 32,768 chunks, a uniform sample of all.
 * @param chunks each `(steps, columns)`; normalise columns of different units first
 * @throws PolytokError `INVALID_ARGUMENT` for no chunks, a bad one, or more tokens than chunks vary in; `ABORTED`
 */
export async function fitChunkFsq(
  chunks: Iterable<ActionChunk> | AsyncIterable<ActionChunk>,
  { steps, columns, levels = [8, 5, 5, 5], tokens, margin = 0.05, signal }: ChunkFsqFitOptions,
): Promise<ChunkFsqTokenizer> {
  requireSizes({ steps, columns, levels, tokens: tokens ?? 1 });
  const sample = await ChunkSample.of(chunks, { steps, columns });
  const rows = sample.rows();
  const dimension = steps * columns;
  const wanted = tokens === undefined ? undefined : tokens * levels.length;
  const projection = await fitPca(rows, { dimension, components: wanted, signal });
  const fitted = tokens ?? Math.min(8, Math.floor(projection.outputDimension / levels.length));
  if (fitted < 1) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `These chunks vary in ${projection.outputDimension} directions, and a token takes ${levels.length}. Use fewer levels, or more chunks.`,
      { details: { directions: projection.outputDimension, levels } },
    );
  }
  const count = fitted * levels.length;
  const reach = new Float32Array(count).fill(1e-6);
  const codes = projection.apply(rows);
  for (let at = 0; at < codes.length; at++) {
    const c = at % projection.outputDimension;
    if (c < count) reach[c] = Math.max(reach[c], Math.abs(codes[at]) * (1 + margin));
  }
  return new ChunkFsqTokenizer({
    steps,
    columns,
    levels,
    tokens: fitted,
    mean: Float32Array.from(projection.mean),
    components: Float32Array.from(projection.components.subarray(0, count * dimension)),
    reach,
    low: [...sample.low],
    high: [...sample.high],
  });
}

/** What principal components are found for in reasonable time. */
const MAX_VALUES = 2048;

function requireSizes({ steps, columns, levels, tokens }: Required<ChunkFsqOptions>): void {
  requireInteger(steps, 'steps', { minimum: 1 });
  requireInteger(columns, 'columns', { minimum: 1 });
  requireInteger(steps * columns, 'steps · columns', { maximum: MAX_VALUES });
  requireIntegers(levels, 'levels', { minimum: 2, maximum: 65536 });
  requireInteger(tokens, 'tokens', { minimum: 1, maximum: MAX_VALUES });
}
