import { PolytokError } from '../../errors.js';
import { randomBelow } from '../../random.js';
import type { SinglePair } from './feature-pairs.js';

/** Most numbers of each side that wait to be drawn: 64 MiB. */
export const MAX_POOL_VALUES = 1 << 24;

export interface ShuffledPairsOptions {
  readonly dimension: number;
  /** Frames of a batch. */
  readonly batchSize: number;
  /** Frames of the source. */
  readonly frames: number;
  /** Frames that wait to be drawn: all of them mix where they fit. Default: as many as have 2^24 numbers a side. */
  readonly poolFrames?: number;
  /** Random 32-bit integers. */
  readonly next: () => number;
  /** `(dimension)`: what is subtracted, and divided by, before a frame enters a batch. */
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** Frames of several signals, each `(batchSize, dimension)`. */
export interface PairBatch {
  readonly clean: Float32Array;
  readonly perturbed: Float32Array;
}

/**
 * One pass over all frames in random order, in batches; the frames that are left at the end are left out. A frame is drawn
 * from a pool and replaced by the next one of the source, so that a stream is mixed without being held.
 * @throws PolytokError `INVALID_ARGUMENT` for another number of frames than was said
 */
export async function* shuffledPairs(
  pairs: AsyncIterable<SinglePair>,
  options: ShuffledPairsOptions,
): AsyncGenerator<PairBatch, void, void> {
  const { dimension, batchSize, frames, next } = options;
  const { poolFrames = Math.max(1, Math.floor(MAX_POOL_VALUES / dimension)) } = options;
  const capacity = Math.min(frames, poolFrames);
  const pool = new Frames(capacity, dimension);
  let batch = new Frames(batchSize, dimension);
  let held = 0;
  let filled = 0;
  let read = 0;
  for await (const pair of pairs) {
    read += pair.frames;
    for (let frame = 0; frame < pair.frames; frame++) {
      if (held < capacity) {
        pool.standardize(held++, pair, frame, options);
        continue;
      }
      const slot = randomBelow(next, capacity);
      batch.copy(filled++, pool, slot);
      pool.standardize(slot, pair, frame, options);
      if (filled < batchSize) continue;
      yield batch;
      batch = new Frames(batchSize, dimension);
      filled = 0;
    }
  }
  if (read !== frames) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `The feature pairs had ${frames} frames when first read and ${read} now. Every pass must give the same number.`,
      { details: { before: frames, now: read } },
    );
  }
  while (held > 0) {
    const slot = randomBelow(next, held--);
    batch.copy(filled++, pool, slot);
    pool.copy(slot, pool, held);
    if (filled < batchSize) continue;
    yield batch;
    batch = new Frames(batchSize, dimension);
    filled = 0;
  }
}

/** Room for frames of both sides. */
class Frames implements PairBatch {
  readonly clean: Float32Array;
  readonly perturbed: Float32Array;
  readonly #dimension: number;

  constructor(frames: number, dimension: number) {
    this.clean = new Float32Array(frames * dimension);
    this.perturbed = new Float32Array(frames * dimension);
    this.#dimension = dimension;
  }

  copy(to: number, from: PairBatch, frame: number): void {
    const dimension = this.#dimension;
    const [start, target] = [frame * dimension, to * dimension];
    for (let j = 0; j < dimension; j++) {
      this.clean[target + j] = from.clean[start + j];
      this.perturbed[target + j] = from.perturbed[start + j];
    }
  }

  standardize(
    to: number,
    from: PairBatch,
    frame: number,
    { mean, deviation }: Pick<ShuffledPairsOptions, 'mean' | 'deviation'>,
  ): void {
    const dimension = this.#dimension;
    const [start, target] = [frame * dimension, to * dimension];
    for (let j = 0; j < dimension; j++) {
      this.clean[target + j] = (from.clean[start + j] - mean[j]) / deviation[j];
      this.perturbed[target + j] = (from.perturbed[start + j] - mean[j]) / deviation[j];
    }
  }
}
