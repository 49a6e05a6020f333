import { requireInteger } from '../../arguments.js';
import { PolytokError } from '../../errors.js';
import { randomBelow, seededRandom } from '../../random.js';
import type { DataArray } from '../graph/data-type.js';
import type { NetworkTensor } from '../network/network.js';
import type { TrainingBatch } from './trainer-options.js';

export interface BatchOrderOptions {
  /** Rows of a batch, at least 1. */
  readonly batchSize: number;
  /** Integer that decides the order. Default: 0. */
  readonly seed?: number;
  /** Batches to leave out at the beginning, as those before a checkpoint. Default: 0. */
  readonly start?: number;
  /** Passes over all rows. Default: without end. */
  readonly epochs?: number;
  /** Whether the rows that are left at the end of an epoch form a smaller batch, or are left out. Default: false, left out. */
  readonly keepLast?: boolean;
}

export interface ShuffledRowsOptions extends BatchOrderOptions {
  /** Rows in all. */
  readonly count: number;
}

/**
 * Numbers of rows, batch by batch, every row at most once per epoch and each epoch in an order of its own. Seed and epoch
 * decide it alone, so that `start: n` goes on exactly where n batches of another iteration ended.
 * @throws PolytokError `INVALID_ARGUMENT` for options, or fewer rows than a batch has
 */
export function shuffledRows(options: ShuffledRowsOptions): Generator<Uint32Array, void, void> {
  const { count, batchSize, seed = 0, start = 0, epochs = Infinity, keepLast = false } = options;
  requireInteger(count, 'count', { minimum: 1, maximum: 2 ** 32 - 1 });
  requireInteger(batchSize, 'batchSize', { minimum: 1 });
  requireInteger(seed, 'seed', { minimum: Number.MIN_SAFE_INTEGER });
  requireInteger(start, 'start');
  if (epochs !== Infinity) requireInteger(epochs, 'epochs');
  const perEpoch = keepLast ? Math.ceil(count / batchSize) : Math.floor(count / batchSize);
  if (perEpoch === 0) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `There are ${count} rows, and a batch has ${batchSize}. Lower batchSize, or set keepLast.`,
      { details: { count, batchSize } },
    );
  }
  return rowsOf({ count, batchSize, seed, start, epochs, perEpoch });
}

function* rowsOf({
  count,
  batchSize,
  seed,
  start,
  epochs,
  perEpoch,
}: Required<Omit<ShuffledRowsOptions, 'keepLast'>> & { readonly perEpoch: number }): Generator<
  Uint32Array,
  void,
  void
> {
  let batch = start % perEpoch;
  for (let epoch = Math.floor(start / perEpoch); epoch < epochs; epoch++) {
    const order = permutation(count, seed + Math.imul(epoch, EPOCH_STRIDE));
    for (; batch < perEpoch; batch++) yield order.slice(batch * batchSize, (batch + 1) * batchSize);
    batch = 0;
  }
}

/** 2^32 divided by the golden ratio: seeds of epochs far apart, and those of neighbouring seeds too. */
const EPOCH_STRIDE = 0x9e3779b9;

/** Fisher and Yates's shuffle of 0 … count − 1. */
function permutation(count: number, seed: number): Uint32Array {
  const next = seededRandom(seed);
  const order = Uint32Array.from({ length: count }, (_, row) => row);
  for (let last = count - 1; last > 0; last--) {
    const other = randomBelow(next, last + 1);
    const row = order[last];
    order[last] = order[other];
    order[other] = row;
  }
  return order;
}

export interface ShuffledBatchesOptions extends BatchOrderOptions {
  /** Every input of the graph, by name, with all rows along its first axis. */
  readonly data: TrainingBatch;
}

/**
 * Batches of rows of tensors in memory, in the order of {@link shuffledRows}.
 * @throws PolytokError `INVALID_ARGUMENT` as {@link shuffledRows}, or for tensors that differ in their number of rows
 */
export function shuffledBatches({
  data,
  ...order
}: ShuffledBatchesOptions): Generator<TrainingBatch, void, void> {
  const counts = Object.values(data).map(({ shape }) => shape[0] ?? 0);
  if (counts.length === 0 || counts.some((count) => count !== counts[0])) {
    const list = Object.entries(data).map(([name, { shape }]) => `${name} [${shape}]`);
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `The tensors of 'data' need the same number of rows; got ${list.join(', ') || 'none'}.`,
      { details: { counts } },
    );
  }
  return batchesOf(data, shuffledRows({ ...order, count: counts[0] }));
}

function* batchesOf(data: TrainingBatch, order: Iterable<Uint32Array>): Generator<TrainingBatch, void, void> {
  for (const rows of order) {
    yield Object.fromEntries(Object.entries(data).map(([name, tensor]) => [name, takeRows(tensor, rows)]));
  }
}

/** The rows of a tensor, along its first axis, that `rows` names, as a copy. */
export function takeRows(tensor: NetworkTensor, rows: ArrayLike<number>): NetworkTensor {
  const { type, shape, data } = tensor;
  const size = shape.slice(1).reduce((product, length) => product * length, 1);
  const Type = data.constructor as new (length: number) => DataArray;
  const taken = new Type(rows.length * size);
  for (let at = 0; at < rows.length; at++) {
    taken.set(data.subarray(rows[at] * size, (rows[at] + 1) * size) as never, at * size);
  }
  return { type, shape: [rows.length, ...shape.slice(1)], data: taken } as NetworkTensor;
}
