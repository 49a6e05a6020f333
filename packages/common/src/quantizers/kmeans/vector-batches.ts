import { PolytokError } from '../../errors.js';
import { checkValues, countRows } from '../../kernels/check-values.js';
import { resultOf, type Steps } from '../../steps.js';
import { checkIsVectors, isVectors } from '../check-vectors.js';
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

  /**
   * @param passes 'one' where the rows are read once, so that a generator will do
   * @throws PolytokError `INVALID_ARGUMENT` for what is no source, or can be iterated only once
   */
  constructor(
    source: VectorSource,
    dimension: number,
    { passes = 'several' }: { passes?: 'one' | 'several' } = {},
  ) {
    this.#source = passes === 'several' ? checkSource(source) : isVectors(source) ? [source] : source;
    this.#dimension = dimension;
  }

  /**
   * Hands every row to `work`, in single precision and pieces of at most 2^20 values (or one row).
   * @throws PolytokError `INVALID_ARGUMENT` for bad vectors, or another number of rows than in the pass before
   */
  *each(work: (batch: Float32Array) => Steps): Steps {
    const iterator = iterate(this.#source);
    let rows = 0;
    let open = true;
    try {
      for (;;) {
        const { done, value } = yield* resultOf(iterator.next());
        if (done) break;
        rows += countVectorRows(value, this.#dimension);
        for (const piece of pieces(value, this.#dimension)) yield* work(this.#single(piece));
      }
      open = false;
    } finally {
      if (open) yield* resultOf(iterator.return?.());
    }
    this.#checkSame(rows);
  }

  /** Checked in the first pass, by which every row goes; later ones leave it to the kernels. */
  #single(piece: Vectors): Float32Array {
    const single = inSinglePrecision(piece);
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

/**
 * The rows of `source` with something made of every batch, as a source that can be read as often. Batches are as those
 * of {@link VectorBatches}, made when they are asked for; `make` checks their values.
 * @throws PolytokError `INVALID_ARGUMENT` as {@link VectorBatches}
 */
export function mapSource(
  source: VectorSource,
  dimension: number,
  make: (batch: Float32Array) => Float32Array | Promise<Float32Array>,
): AsyncIterable<Float32Array> {
  const batches = checkSource(source);
  return {
    async *[Symbol.asyncIterator]() {
      for await (const batch of checkIterable(batches)) {
        countVectorRows(batch, dimension);
        for (const piece of pieces(batch, dimension)) yield await make(inSinglePrecision(piece));
      }
    },
  };
}

/** All rows of a source that has as many values as `like`. */
export async function collect(
  source: AsyncIterable<Float32Array>,
  { length }: ArrayLike<number>,
): Promise<Float32Array> {
  const values = new Float32Array(length);
  let at = 0;
  for await (const batch of source) {
    values.set(batch, at);
    at += batch.length;
  }
  return values;
}

/** @throws PolytokError `INVALID_ARGUMENT` for what can be iterated only once */
function checkSource(source: VectorSource): Batches {
  const batches = isVectors(source) ? [source] : source;
  requireRestartable(batches, 'Vectors');
  return batches;
}

/** @throws PolytokError `INVALID_ARGUMENT` for an iterator or running generator, which can be iterated only once */
export function requireRestartable(source: unknown, what: string): void {
  if (typeof (source as { next?: unknown })?.next !== 'function') return;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `${what} are read several times, and an iterator or running generator gives them once. Pass arrays, or an object whose [Symbol.asyncIterator]() starts over.`,
  );
}

/** @throws PolytokError `INVALID_ARGUMENT` for another type of array or an incomplete row */
function countVectorRows(vectors: Vectors, dimension: number): number {
  checkIsVectors(vectors);
  return countRows('vectors', vectors, dimension);
}

/** Whole rows of at most {@link MAX_BATCH_VALUES} values, or one row. */
function* pieces(vectors: Vectors, dimension: number): Generator<Vectors> {
  const step = Math.max(1, Math.floor(MAX_BATCH_VALUES / dimension)) * dimension;
  for (let from = 0; from < vectors.length; from += step) yield vectors.subarray(from, from + step);
}

function inSinglePrecision(vectors: Vectors): Float32Array {
  return vectors instanceof Float32Array ? vectors : Float32Array.from(vectors);
}

function iterate(source: Batches): Iterator<Vectors> | AsyncIterator<Vectors> {
  const batches = checkIterable(source);
  return Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
}

/** @throws PolytokError `INVALID_ARGUMENT` */
function checkIterable(source: Batches): Batches {
  const isObject = typeof source === 'object' && source !== null;
  if (isObject && (Symbol.asyncIterator in source || Symbol.iterator in source)) return source;
  throw new PolytokError(
    'INVALID_ARGUMENT',
    'Vectors must be a Float32Array, a Float64Array, or an iterable of them.',
  );
}
