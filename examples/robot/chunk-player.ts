import type { ActionChunk, BeastTokenizer } from '@polytok/action';

/**
 * How a chunk begins.
 * - `none`: where its tokens say.
 * - `overwrite`: where the chunk before it ended.
 */
export type Join = 'none' | 'overwrite';

export interface ChunkPlayerOptions {
  readonly join: Join;
  /** Chunks, `(steps, columns)`, of which each begins at the step that the one before ends at. */
  readonly policy: Iterator<ActionChunk, void>;
}

/**
 * Plays chunks of tokens action by action, as a control loop does: when a chunk is spent, the next one is decoded. The
 * step that two chunks share is commanded once.
 */
export class ChunkPlayer {
  /** For each border, the largest difference of a joint between the two chunks' actions for it, in radians. */
  readonly seams: number[] = [];
  /** Microseconds that each chunk took. */
  readonly encodeTimes: number[] = [];
  readonly decodeTimes: number[] = [];
  readonly #tokenizer: BeastTokenizer;
  readonly #options: ChunkPlayerOptions;
  readonly #ids: Uint16Array;
  readonly #chunk: Float64Array;
  /** `(columns)`: where the chunk before ended; undefined in the first one. */
  #last: Float64Array | undefined;
  #row: number;

  constructor(tokenizer: BeastTokenizer, options: ChunkPlayerOptions) {
    this.#tokenizer = tokenizer;
    this.#options = options;
    this.#ids = new Uint16Array(tokenizer.maxLength);
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
    this.#tokenizer.encodeInto(wanted, this.#ids);
    const encoded = performance.now();
    const start = this.#options.join === 'overwrite' ? this.#last : undefined;
    this.#tokenizer.decodeInto(this.#ids, this.#chunk, { start });
    this.decodeTimes.push((performance.now() - encoded) * 1000);
    this.encodeTimes.push((encoded - begin) * 1000);
    if (this.#last) this.seams.push(this.#gapFrom(this.#last));
    this.#row = this.#last ? 1 : 0;
    this.#last = this.#rowAt(this.#tokenizer.steps - 1).slice();
  }

  #gapFrom(last: Float64Array): number {
    const { grippers } = this.#tokenizer.options;
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
