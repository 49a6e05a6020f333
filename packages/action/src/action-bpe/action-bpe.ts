/**
 * Byte-pair encoding on top of any action tokenizer: tokens that often stand together become one. The chunk decides how
 * many tokens it takes; a chunk that does not move takes few.
 */
import { PolytokError, requireInteger, type TokenizerConfig, type Vocabulary } from '@polytok/common';
import { BpeModel, ShortEncoder, type TrainingProgress, trainBpe } from '@polytok/common/bpe';
import { requireRoom } from '../check-chunk.js';
import { ChunkTokenizer, requireIds } from '../chunk-tokenizer.js';
import type {
  ActionChunk,
  ActionRange,
  ActionTokenizer,
  LenientDecode,
  LenientDecodeOptions,
} from '../contract.js';
import { Reservoir } from '../reservoir.js';

export interface ActionBpeOptions {
  /** Whose tokens are merged. */
  readonly inner: ActionTokenizer;
  /** `(merges)` pairs of ranks: ids of `inner`, then merges in their order. */
  readonly merges: readonly (readonly [left: number, right: number])[];
}

export interface ActionBpeFitOptions {
  readonly inner: ActionTokenizer;
  /** Tokens to end with, those of `inner` included. */
  readonly vocabularySize: number;
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly signal?: AbortSignal;
}

/** Builds the tokenizer within: `createRegistry([…]).fromJSON`, say. */
export type InnerFromJSON = (config: TokenizerConfig) => ActionTokenizer;

/** Chunks that merges are learnt from, a uniform sample of all. */
export const MAX_BPE_CHUNKS = 1 << 15;

/** Loses what `inner` loses. */
export class ActionBpe extends ChunkTokenizer {
  static readonly type = 'action-bpe';
  readonly vocabulary: Vocabulary;
  readonly inner: ActionTokenizer;
  readonly steps: number;
  readonly columns: number;
  readonly maxLength: number;
  readonly #model: BpeModel;
  readonly #encoder: ShortEncoder;
  readonly #ids: Uint32Array;

  /** @throws PolytokError `INVALID_ARGUMENT`, `INVALID_FORMAT` for merges of ranks that do not exist before them */
  constructor({ inner, merges }: ActionBpeOptions) {
    super();
    this.inner = inner;
    this.steps = inner.steps;
    this.columns = inner.columns;
    this.maxLength = inner.maxLength;
    const left = Uint32Array.from(merges, ([rank]) => rank);
    const right = Uint32Array.from(merges, ([, rank]) => rank);
    this.#model = new BpeModel({ table: { alphabetSize: inner.vocabulary.codebookSizes[0], left, right } });
    this.#encoder = new ShortEncoder(this.#model, { maxSymbols: inner.maxLength });
    this.#ids = new Uint32Array(inner.maxLength);
    this.vocabulary = this.vocabularyOf(this.#model.size, 'merged');
  }

  /** @throws PolytokError `INVALID_FORMAT`, and what `innerFromJSON` throws */
  static fromJSON({ type, inner, merges }: TokenizerConfig, innerFromJSON: InnerFromJSON): ActionBpe {
    const isPair = (pair: unknown) =>
      Array.isArray(pair) && pair.length === 2 && pair.every((rank) => Number.isInteger(rank) && rank >= 0);
    if (type === ActionBpe.type && Array.isArray(merges) && merges.every(isPair)) {
      return new ActionBpe({ inner: innerFromJSON(inner as TokenizerConfig), merges });
    }
    throw new PolytokError(
      'INVALID_FORMAT',
      `Its type is '${ActionBpe.type}', with 'inner' and 'merges' (pairs of ranks); got type '${type}'. Write it with toJSON().`,
      { details: { type } },
    );
  }

  /** As the tokenizer within, like what it clips. */
  get range(): ActionRange | undefined {
    return this.inner.range;
  }

  get clippedShare(): ActionTokenizer['clippedShare'] {
    return this.inner.clippedShare?.bind(this.inner);
  }

  encodeInto(chunk: ActionChunk, ids: Uint16Array | Uint32Array): number {
    requireRoom(ids, 'ids', this.maxLength);
    const inner = this.#ids;
    const length = this.inner.encodeInto(chunk, inner);
    const { symbols } = this.#encoder;
    for (let at = 0; at < length; at++) symbols[at] = inner[at];
    return this.#encoder.encodeInto(ids, length);
  }

  decodeInto(ids: ArrayLike<number>, chunk: ActionChunk): void {
    requireIds(ids, this.#model.size);
    const inner = this.#ids;
    const length = this.#model.decodeInto(ids, inner);
    if (length > inner.length) throw this.#tooMany(length);
    this.inner.decodeInto(length === inner.length ? inner : inner.subarray(0, length), chunk);
  }

  /** Ids that do not exist are left out; the tokenizer within repairs what that leaves. */
  decodeLenient(ids: ArrayLike<number>, options?: LenientDecodeOptions): LenientDecode {
    // A longer list would only be cut short again.
    const looked = Array.from({ length: Math.min(ids.length, this.maxLength) }, (_, at) => ids[at]);
    const isId = (id: number) => id >>> 0 === id && id < this.#model.size;
    const known = looked.filter(isId);
    const inner = this.inner.decodeLenient(this.#model.decode(known), options);
    if (known.length === looked.length && looked.length === ids.length) return inner;
    const at = known.length < looked.length ? looked.findIndex((id) => !isId(id)) : looked.length;
    const count = ids.length - known.length;
    const message = `${count} of ${ids.length} tokens are no ids below ${this.#model.size}, or too many; they are left out.`;
    const issue = { kind: 'id-out-of-range', message, at, count } as const;
    return { actions: inner.actions, ok: false, issues: [issue, ...inner.issues] };
  }

  toJSON(): TokenizerConfig {
    const { left, right } = this.#model.table;
    const merges = Array.from(left, (rank, at) => [rank, right[at]]);
    return { type: ActionBpe.type, inner: this.inner.toJSON(), merges };
  }

  #tooMany(length: number): PolytokError {
    const expected = this.inner.maxLength;
    return new PolytokError(
      'INVALID_ARGUMENT',
      `These tokens spell ${length} of the tokenizer within; a chunk has ${expected} at most. Decode leniently what a model wrote.`,
      { details: { actual: length, expected } },
    );
  }

  protected override get minLength(): number {
    const { minLength } = this.inner.tokenShape([this.steps, this.columns]);
    return Math.ceil(minLength / this.#model.maxTokenSymbols);
  }
}

/**
 * Learns merges from the chunks' tokens.
 * @param chunks each `(steps, columns)`
 * @throws PolytokError `INVALID_ARGUMENT` for no chunks, or a vocabulary not above that of `inner`; `ABORTED`
 */
export async function fitActionBpe(
  chunks: Iterable<ActionChunk> | AsyncIterable<ActionChunk>,
  { inner, vocabularySize, onProgress, signal }: ActionBpeFitOptions,
): Promise<ActionBpe> {
  const alphabetSize = inner.vocabulary.codebookSizes[0];
  requireInteger(vocabularySize, 'vocabularySize', { minimum: alphabetSize });
  const held = new Reservoir<Uint32Array>(MAX_BPE_CHUNKS);
  const ids = new Uint32Array(inner.maxLength);
  for await (const chunk of chunks) {
    const length = inner.encodeInto(chunk, ids);
    held.offer(() => ids.slice(0, length));
  }
  if (held.seen === 0) {
    throw new PolytokError('INVALID_ARGUMENT', 'Merges are learnt from at least one chunk; got none.');
  }
  const sequences = held.items.map((symbols) => ({ symbols }));
  const { table } = await trainBpe(sequences, { alphabetSize, vocabularySize, onProgress, signal });
  const merges = Array.from(table.left, (left, at) => [left, table.right[at]] as const);
  return new ActionBpe({ inner, merges });
}
