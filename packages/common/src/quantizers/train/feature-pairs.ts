import { PolytokError, throwIfAborted } from '../../errors.js';
import { checkValues, countRows } from '../../kernels/check-values.js';
import { checkIsVectors } from '../check-vectors.js';
import type { Vectors } from '../contract.js';
import { requireRestartable } from '../kmeans/vector-batches.js';

/** Features of one signal, as it is and perturbed, frame by frame: each `(frames, dimension)`, of equal length. */
export interface FeaturePair {
  readonly clean: Vectors;
  readonly perturbed: Vectors;
}

/**
 * One pair, or pairs of several signals that can be iterated more than once: a list, or an object whose
 * `[Symbol.asyncIterator]` starts over, to read files anew or to perturb anew. A running generator cannot.
 */
export type FeaturePairs = FeaturePair | Iterable<FeaturePair> | AsyncIterable<FeaturePair>;

/** A pair in single precision. */
export interface SinglePair {
  readonly clean: Float32Array;
  readonly perturbed: Float32Array;
  readonly frames: number;
}

/** Which frames of every pair are read. */
export interface PairPart {
  /** Share of the frames of every pair, at its end, that is held out. */
  readonly heldOutShare: number;
  readonly part: 'all' | 'training' | 'held-out';
}

export interface ReadPairsOptions extends PairPart {
  readonly dimension: number;
  readonly signal?: AbortSignal;
}

/**
 * The pairs of a source, checked.
 * @throws PolytokError `INVALID_ARGUMENT` for what is no pair, uneven or incomplete ones, NaN and infinities, each
 *   named by the number of the pair; `ABORTED`
 */
export async function* readPairs(
  source: FeaturePairs,
  { dimension, heldOutShare, part, signal }: ReadPairsOptions,
): AsyncGenerator<SinglePair, void, void> {
  let number = 0;
  for await (const pair of pairsOf(source)) {
    throwIfAborted(signal, 'Reading feature pairs');
    const { clean, perturbed } = checkPair(pair, number++, dimension);
    const frames = clean.length / dimension;
    const heldOut = Math.round(frames * heldOutShare);
    const from = part === 'held-out' ? frames - heldOut : 0;
    const end = part === 'training' ? frames - heldOut : frames;
    if (end === from) continue;
    const cut = (values: Float32Array) => values.subarray(from * dimension, end * dimension);
    yield { clean: cut(clean), perturbed: cut(perturbed), frames: end - from };
  }
}

/** @throws PolytokError `INVALID_ARGUMENT` for what is no source, or can be iterated only once */
export function checkPairs(source: FeaturePairs): void {
  pairsOf(source);
}

function pairsOf(source: FeaturePairs): Iterable<FeaturePair> | AsyncIterable<FeaturePair> {
  if (typeof source === 'object' && source !== null) {
    if ('clean' in source) return [source];
    if (Symbol.asyncIterator in source || Symbol.iterator in source) {
      requireRestartable(source, 'Feature pairs');
      return source;
    }
  }
  throw new PolytokError(
    'INVALID_ARGUMENT',
    'Feature pairs are { clean, perturbed }, or an iterable of such pairs. Pass both as (frames, dimension) arrays.',
    { details: { type: Object.prototype.toString.call(source) } },
  );
}

function checkPair(pair: FeaturePair, number: number, dimension: number): SinglePair {
  const single = (values: Vectors, side: string) => {
    checkIsVectors(values);
    const name = `'${side}' of pair ${number}`;
    countRows(name, values, dimension);
    const rounded = values instanceof Float32Array ? values : Float32Array.from(values);
    checkValues(name, rounded, dimension);
    return rounded;
  };
  const clean = single(pair?.clean, 'clean');
  const perturbed = single(pair?.perturbed, 'perturbed');
  const frames = clean.length / dimension;
  if (clean.length === perturbed.length) return { clean, perturbed, frames };
  throw new PolytokError(
    'INVALID_ARGUMENT',
    `Pair ${number} has ${frames} clean and ${perturbed.length / dimension} perturbed frames; they must match frame by frame. Perturb without a shift or a change of length, or cut both to what they share.`,
    { details: { pair: number, clean: frames, perturbed: perturbed.length / dimension } },
  );
}
