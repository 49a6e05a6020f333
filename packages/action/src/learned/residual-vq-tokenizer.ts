/**
 * Residual vector quantization of whole chunks, as VQ-BeT (Lee et al., arXiv 2403.03181) tokenizes actions, but without
 * its autoencoder: the first token is the nearest of some typical chunks, each further one the nearest to what is left.
 * Coarse to fine, so that the first tokens alone are a chunk already.
 */
import { PolytokError, requireInteger, type TokenizerConfig, type Vocabulary } from '@polytok/common';
import { DROPPED, fitRvq, Rvq, type RvqProgress } from '@polytok/common/quantizers';
import { requireFallback, requireFinite, requireLength, requireRoom } from '../check-chunk.js';
import { ChunkTokenizer, requireIds, requireRange } from '../chunk-tokenizer.js';
import type {
  ActionChunk,
  ActionRange,
  DecodeIssue,
  LenientDecode,
  LenientDecodeOptions,
} from '../contract.js';
import { repairIds, UNKNOWN } from '../repair-ids.js';
import { floatsFromBase64, floatsToBase64 } from './base64-floats.js';
import { ChunkSample } from './chunk-sample.js';

export interface ResidualVqOptions {
  /** T: steps of a chunk. */
  readonly steps: number;
  /** D: numbers per step. */
  readonly columns: number;
  /** Codes of each stage, the same in all. Default: 16, VQ-BeT's. */
  readonly codes?: number;
  /** Stages, which is tokens. Default: 2, VQ-BeT's. */
  readonly stages?: number;
}

export interface ResidualVqTokenizerOptions extends Required<ResidualVqOptions> {
  /** `(stages, codes, steps · columns)` */
  readonly codebooks: Float32Array;
  /** `(columns)`: lenient decoding stays within. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Always as many tokens as stages. What is lost is the distance to the sum of the codes: no bound, see the evaluation of your data. */
export class ResidualVqTokenizer extends ChunkTokenizer {
  static readonly type = 'residual-vq';
  readonly vocabulary: Vocabulary;
  readonly options: Readonly<ResidualVqTokenizerOptions>;
  readonly steps: number;
  readonly columns: number;
  readonly maxLength: number;
  readonly #rvq: Rvq;
  readonly #row: Float32Array;

  /** @throws PolytokError `INVALID_ARGUMENT` */
  constructor(options: ResidualVqTokenizerOptions) {
    super();
    const { steps, columns, codes, stages, codebooks, low, high } = options;
    requireSizes(options);
    requireRange(low, high, columns);
    const size = codes * steps * columns;
    requireLength(codebooks, 'codebooks', stages, size);
    this.options = Object.freeze({ ...options });
    this.steps = steps;
    this.columns = columns;
    this.maxLength = stages;
    this.#rvq = new Rvq({
      dimension: steps * columns,
      codebooks: Array.from({ length: stages }, (_, stage) =>
        codebooks.slice(stage * size, (stage + 1) * size),
      ),
    });
    this.#row = new Float32Array(steps * columns);
    this.vocabulary = this.vocabularyOf(codes, 'stage-major');
  }

  /** @throws PolytokError `INVALID_FORMAT`, `INVALID_ARGUMENT` */
  static fromJSON({ type, codebooks, ...rest }: TokenizerConfig): ResidualVqTokenizer {
    if (type !== ResidualVqTokenizer.type) {
      throw new PolytokError('INVALID_FORMAT', `Its type is '${ResidualVqTokenizer.type}'; got '${type}'.`, {
        details: { type },
      });
    }
    const options = rest as unknown as Omit<ResidualVqTokenizerOptions, 'codebooks'>;
    requireSizes(options);
    const length = options.stages * options.codes * options.steps * options.columns;
    return new ResidualVqTokenizer({
      ...options,
      codebooks: floatsFromBase64(codebooks, length, 'codebooks'),
    });
  }

  get range(): ActionRange {
    return this.options;
  }

  encodeInto(chunk: ActionChunk, ids: Uint16Array | Uint32Array): number {
    requireLength(chunk, 'chunk', this.steps, this.columns);
    requireRoom(ids, 'ids', this.maxLength);
    requireFinite(chunk, this.columns);
    this.#row.set(chunk);
    ids.set(this.#rvq.quantize(this.#row));
    return this.maxLength;
  }

  decodeInto(ids: ArrayLike<number>, chunk: ActionChunk): void {
    requireLength(ids, 'ids', this.maxLength);
    requireLength(chunk, 'chunk', this.steps, this.columns);
    requireIds(ids, this.options.codes);
    chunk.set(this.#rvq.dequantize(ids, this.#row));
  }

  /**
   * Stages that are unknown add nothing, from the first unknown one on: later ones refine what is not known. Without the first
   * stage the chunk is `fallback`, or 0.
   */
  decodeLenient(ids: ArrayLike<number>, { fallback }: LenientDecodeOptions = {}): LenientDecode {
    requireFallback(fallback, this.columns);
    const { codes, low, high } = this.options;
    const repaired = repairIds(ids, { length: this.maxLength, size: codes });
    const issues: DecodeIssue[] = [...repaired.issues];
    const first = repaired.ids.indexOf(UNKNOWN);
    const stages = Int32Array.from(repaired.ids, (id, at) => (first !== -1 && at >= first ? DROPPED : id));
    this.#rvq.dequantize(stages, this.#row);
    const actions = Float64Array.from(this.#row, (value, at) => {
      const column = at % this.columns;
      const known = first === 0 ? (fallback?.[column] ?? value) : value;
      return Math.min(Math.max(known, low[column]), high[column]);
    });
    return { actions, ok: issues.length === 0, issues };
  }

  toJSON(): TokenizerConfig {
    const { codebooks, ...rest } = this.options;
    return { type: ResidualVqTokenizer.type, ...rest, codebooks: floatsToBase64(codebooks) };
  }
}

export interface ResidualVqFitOptions extends ResidualVqOptions {
  /** Integer. Default: 0. */
  readonly seed?: number;
  readonly onProgress?: (progress: RvqProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Fits the codes by k-means, stage after stage, to at most 32,768 chunks, a uniform sample of all.
 * @param chunks each `(steps, columns)`; normalise columns of different units first
 * @throws PolytokError `INVALID_ARGUMENT` for no chunks, or a bad one, naming it; `ABORTED`
 */
export async function fitResidualVq(
  chunks: Iterable<ActionChunk> | AsyncIterable<ActionChunk>,
  { steps, columns, codes = 16, stages = 2, ...options }: ResidualVqFitOptions,
): Promise<ResidualVqTokenizer> {
  const sizes = { steps, columns, codes, stages };
  requireSizes(sizes);
  const sample = await ChunkSample.of(chunks, sizes);
  const counts = new Array<number>(stages).fill(codes);
  const rvq = await fitRvq(sample.rows(), {
    dimension: steps * columns,
    counts,
    init: 'k-means++',
    ...options,
  });
  const codebooks = new Float32Array(stages * codes * steps * columns);
  for (const [stage, { values }] of Object.values(rvq.tensors()).entries()) {
    codebooks.set(values, stage * codes * steps * columns);
  }
  return new ResidualVqTokenizer({ ...sizes, codebooks, low: [...sample.low], high: [...sample.high] });
}

/** The most that a table of codes may hold: 1 GB. */
const MAX_VALUES = 2 ** 28;

function requireSizes({ steps, columns, codes, stages }: Required<ResidualVqOptions>): void {
  requireInteger(steps, 'steps', { minimum: 1, maximum: 4096 });
  requireInteger(columns, 'columns', { minimum: 1, maximum: 1024 });
  requireInteger(codes, 'codes', { minimum: 1, maximum: 65536 });
  requireInteger(stages, 'stages', { minimum: 1, maximum: 64 });
  requireInteger(steps * columns * codes * stages, 'the values of all codes', { maximum: MAX_VALUES });
}
