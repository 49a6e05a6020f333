import type { ActionChunk, ActionTokenizer } from '@polytok/action';

/**
 * Decodes a chunk, and lets it begin as it likes.
 * @param chunk `(steps, columns)` receives the actions
 * @param last `(columns)`: where the chunk before it ended; undefined for the first
 */
export type DecodeChunk = (ids: Uint32Array, chunk: Float64Array, last: Float64Array | undefined) => void;

export interface ChunkPlayerOptions {
  readonly tokenizer: ActionTokenizer;
  /** Columns that are grippers, where a difference is no seam. */
  readonly grippers: readonly number[];
  /** Chunks, `(steps, columns)`, of which each begins at the step that the one before ends at. */
  readonly policy: Iterator<ActionChunk, void>;
  /** Default: where its tokens say. */
  readonly decode?: DecodeChunk;
}

/**
 * Plays chunks of tokens action by action, as a control loop does: when a chunk is spent, the next one is decoded. The
 * step that two chunks share is commanded once.
 */
export class ChunkPlayer {
  /** For each border, the largest difference of a joint between the two chunks' actions for it, in radians. */
  readonly seams: number[] = [];
  /** Of each chunk. */
  readonly tokenCounts: number[] = [];
  /** Microseconds that each chunk took. */
  readonly encodeTimes: number[] = [];
  readonly decodeTimes: number[] = [];
  readonly #tokenizer: ActionTokenizer;
  readonly #options: ChunkPlayerOptions;
  readonly #decode: DecodeChunk;
  readonly #ids: Uint32Array;
  readonly #chunk: Float64Array;
  /** `(columns)`: where the chunk before ended; undefined in the first one. */
  #last: Float64Array | undefined;
  #row: number;

  constructor(options: ChunkPlayerOptions) {
    const { tokenizer, decode = (ids, chunk) => tokenizer.decodeInto(ids, chunk) } = options;
    this.#tokenizer = tokenizer;
    this.#options = options;
    this.#decode = decode;
    this.#ids = new Uint32Array(tokenizer.maxLength);
    this.#chunk = new Float64Array(tokenizer.steps * tokenizer.columns);
    this.#row = tokenizer.steps;
  }

  /** The action of the next step, `(columns)`: a view that the next call overwrites. @throws RangeError behind the last chunk */
  next(): Float64Array {
    if (this.#row >= this.#tokenizer.steps) this.#decodeNext();
    return this.#rowAt(this.#row++);
  }

  #decodeNext(): void {
    const { value: wanted, done } = this.#options.policy.next();
    if (done) throw new RangeError('The policy has no more chunks.');
    const begin = performance.now();
    const tokens = this.#tokenizer.encodeInto(wanted, this.#ids);
    const encoded = performance.now();
    this.#decode(this.#ids.subarray(0, tokens), this.#chunk, this.#last);
    this.decodeTimes.push((performance.now() - encoded) * 1000);
    this.encodeTimes.push((encoded - begin) * 1000);
    this.tokenCounts.push(tokens);
    if (this.#last) this.seams.push(this.#gapFrom(this.#last));
    this.#row = this.#last ? 1 : 0;
    this.#last = this.#rowAt(this.#tokenizer.steps - 1).slice();
  }

  #gapFrom(last: Float64Array): number {
    const { grippers } = this.#options;
    return last.reduce(
      (gap, value, column) =>
        grippers.includes(column) ? gap : Math.max(gap, Math.abs(this.#chunk[column] - value)),
      0,
    );
  }

  #rowAt(row: number): Float64Array {
    const { columns } = this.#tokenizer;
    return this.#chunk.subarray(row * columns, (row + 1) * columns);
  }
}
