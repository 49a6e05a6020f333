import { PolytokError } from '../../errors.js';
import { checkValues, countRows } from '../../kernels/check-values.js';
import { resultOf, type Steps } from '../../steps.js';
import { checkIsVectors } from '../check-vectors.js';
import type { Vectors } from '../contract.js';

/**
 * Rows to fit to: one array, or batches of rows that can be iterated several times, such as a list of arrays or an
 * object whose `[Symbol.asyncIterator]` opens a file anew. A running generator cannot.
 */
export type VectorSource = Vectors | Iterable<Vectors> | AsyncIterable<Vectors>;

type Batches = Iterable<Vectors> | AsyncIterable<Vectors>;

/** Most values handed on at a time, 4 MB: enough to keep kernels busy, little beside their operands. */
const MAX_BATCH_VALUES = 1 << 20;

/** The rows of a source, batch by batch, as often as needed and always the same. */
export class VectorBatches {
  readonly #source: Batches;
  readonly #dimension: number;
  /** Rows of every pass, known after the first. */
  #rows: number | undefined;

  /** @throws PolytokError `INVALID_ARGUMENT` for what is no source, or can be iterated only once */
  constructor(source: VectorSource, dimension: number) {
    this.#source = source instanceof Float32Array || source instanceof Float64Array ? [source] : source;
    this.#dimension = dimension;
    if (typeof (this.#source as { next?: unknown })?.next !== 'function') return;
    throw new PolytokError(
      'INVALID_ARGUMENT',
      'Vectors are read several times, and an iterator or running generator gives them once. Pass arrays, or an object whose [Symbol.asyncIterator]() starts over.',
    );
  }

  /**
   * Hands every row to `work`, in single precision and pieces of at most 2^20 values (or one row).
   * @throws PolytokError `INVALID_ARGUMENT` for bad vectors, or another number of rows than in the pass before
   */
  *each(work: (batch: Float32Array) => Steps): Steps {
    const step = Math.max(1, Math.floor(MAX_BATCH_VALUES / this.#dimension)) * this.#dimension;
    const iterator = iterate(this.#source);
    let rows = 0;
    let open = true;
    try {
      for (;;) {
        const { done, value } = yield* resultOf(iterator.next());
        if (done) break;
        checkIsVectors(value);
        rows += countRows('vectors', value, this.#dimension);
        for (let from = 0; from < value.length; from += step) {
          yield* work(this.#single(value.subarray(from, from + step)));
        }
      }
      open = false;
    } finally {
      if (open) yield* resultOf(iterator.return?.());
    }
    this.#checkSame(rows);
  }

  /** Checked in the first pass, by which every row goes; later ones leave it to the kernels. */
  #single(part: Vectors): Float32Array {
    const single = part instanceof Float32Array ? part : Float32Array.from(part);
    if (this.#rows === undefined) checkValues('vectors', single, this.#dimension);
    return single;
  }

  #checkSame(rows: number): void {
    const before = this.#rows ?? rows;
    this.#rows = rows;
    if (rows === before) return;
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `The vectors had ${before} rows when first read and ${rows} now. Every pass must give the same rows.`,
      { details: { before, now: rows } },
    );
  }
}

function iterate(source: Batches): Iterator<Vectors> | AsyncIterator<Vectors> {
  if (typeof source === 'object' && source !== null) {
    if (Symbol.asyncIterator in source) return source[Symbol.asyncIterator]();
    if (Symbol.iterator in source) return source[Symbol.iterator]();
  }
  throw new PolytokError(
    'INVALID_ARGUMENT',
    'Vectors must be a Float32Array, a Float64Array, or an iterable of them.',
  );
}
