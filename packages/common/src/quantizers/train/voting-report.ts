import type { IdArray } from '../../contract.js';
import { PolytokError } from '../../errors.js';
import { editDistance } from '../../metrics/edit-distance.js';
import { shannonEntropy } from '../../metrics/entropy.js';
import type { UnitEditDistance } from '../../metrics/stability.js';
import type { Utilisation } from '../../metrics/utilisation.js';
import { Lfq } from '../lfq.js';
import type { ProjectedVotingLfq } from '../projected-voting-lfq.js';
import { voteIds } from '../vote-ids.js';
import { type FeaturePairs, readPairs, type SinglePair } from './feature-pairs.js';

/** Longest sequence that edits are counted over; the time they take grows with the square of it. Longer ones are cut. */
export const MAX_EDIT_FRAMES = 4096;

/** Numbers of features that are projected at a time. */
const BLOCK_VALUES = 1 << 20;

/** What a perturbation does to the ids of one voter, or of the vote. */
export interface VoterStability {
  /** Share of frames in which the bit changes, for each bit of the id, lowest first: `(bits)`. */
  readonly bitFlips: Float64Array;
  /** Mean of `bitFlips`. */
  readonly bitFlipRate: number;
  /** Share of frames whose id changes. */
  readonly changedIds: number;
  /** Edits between the ids of clean and perturbed features; pairs above 4096 frames are cut into such. */
  readonly unitEditDistance: UnitEditDistance;
  /** Ids that the clean features use. */
  readonly utilisation: Utilisation;
  /** Entropy of the ids of the clean features, in bits: at most `bits`. */
  readonly entropyBits: number;
}

export interface VotingReport {
  readonly frames: number;
  readonly pairs: number;
  readonly vote: VoterStability;
  /** Each branch as if it were alone. */
  readonly branches: readonly VoterStability[];
  /**
   * Squared error of decoded clean features over their variance: 0 is perfect, 1 no better than the mean. A quantizer
   * that says nothing is stable too, so stability means little without it.
   */
  readonly unexplained: number;
}

/**
 * How stable the ids of a voting quantizer are, for the vote and for each branch alone.
 * @param pairs clean and perturbed features; see {@link FeaturePairs}
 * @throws PolytokError `INVALID_ARGUMENT` for bad pairs, or no frame at all
 */
export async function votingReport(
  quantizer: ProjectedVotingLfq,
  pairs: FeaturePairs,
): Promise<VotingReport> {
  const { dimension } = quantizer;
  return reportOn(quantizer, readPairs(pairs, { dimension, heldOutShare: 0, part: 'all' }));
}

/** {@link votingReport} of pairs that are checked. */
export async function reportOn(
  quantizer: ProjectedVotingLfq,
  source: AsyncIterable<SinglePair>,
): Promise<VotingReport> {
  const { voters, bits, dimension } = quantizer;
  const tallies = Array.from({ length: voters + 1 }, () => new Tally(bits));
  const error = new ReconstructionError(dimension);
  let frames = 0;
  let pairs = 0;
  for await (const pair of source) {
    frames += pair.frames;
    pairs++;
    const step = Math.min(MAX_EDIT_FRAMES, Math.max(1, Math.floor(BLOCK_VALUES / dimension))) * dimension;
    for (let from = 0; from < pair.clean.length; from += step) {
      const clean = pair.clean.subarray(from, from + step);
      const before = idsOf(quantizer, clean);
      const after = idsOf(quantizer, pair.perturbed.subarray(from, from + step));
      for (const [at, tally] of tallies.entries()) tally.add(before[at], after[at]);
      error.add(clean, quantizer.dequantize(before[voters]));
    }
  }
  if (frames === 0) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      'There is no frame to report on. Pass some, or hold out a larger share.',
    );
  }
  const results = tallies.map((tally) => tally.result());
  return {
    frames,
    pairs,
    vote: results[voters],
    branches: results.slice(0, voters),
    unexplained: error.value,
  };
}

/** Ids of every branch, and those of the vote behind them. */
function idsOf(quantizer: ProjectedVotingLfq, vectors: Float32Array): IdArray[] {
  const { voters, bits, voting } = quantizer;
  const lfq = new Lfq({ bits, codebooks: voters, order: voting.order, zero: voting.zero });
  const ids = lfq.quantize(quantizer.branches(vectors));
  const branches = Array.from({ length: voters }, (_, voter) =>
    ids.filter((_id, at) => at % voters === voter),
  );
  return [...branches, voteIds({ ids, voters, bits })];
}

/** Counts of one voter. */
class Tally {
  readonly #flips: Float64Array;
  readonly #counts = new Map<number, number>();
  #frames = 0;
  #changed = 0;
  #edits = 0;
  #pairs = 0;

  constructor(bits: number) {
    this.#flips = new Float64Array(bits);
  }

  add(before: IdArray, after: IdArray): void {
    for (let at = 0; at < before.length; at++) {
      const different = before[at] ^ after[at];
      if (different !== 0) this.#changed++;
      for (let j = 0; j < this.#flips.length; j++) this.#flips[j] += (different >>> j) & 1;
      this.#counts.set(before[at], (this.#counts.get(before[at]) ?? 0) + 1);
    }
    this.#frames += before.length;
    this.#edits += editDistance(before, after);
    this.#pairs++;
  }

  result(): VoterStability {
    const frames = this.#frames;
    const bitFlips = this.#flips.map((flips) => flips / frames);
    const vocabularySize = 2 ** bitFlips.length;
    return {
      bitFlips,
      bitFlipRate: bitFlips.reduce((sum, rate) => sum + rate / bitFlips.length, 0),
      changedIds: this.#changed / frames,
      unitEditDistance: {
        value: this.#edits / frames,
        edits: this.#edits,
        tokens: frames,
        pairs: this.#pairs,
        deduplicate: false,
        normalize: 'reference',
      },
      utilisation: { value: this.#counts.size / vocabularySize, used: this.#counts.size, vocabularySize },
      entropyBits: shannonEntropy([...this.#counts.values()]),
    };
  }
}

/** Squared error over variance, both around the first frame in double precision. */
class ReconstructionError {
  readonly #sums: Float64Array;
  #origin: Float32Array | undefined;
  #squares = 0;
  #error = 0;
  #frames = 0;

  constructor(dimension: number) {
    this.#sums = new Float64Array(dimension);
  }

  add(vectors: Float32Array, decoded: Float32Array): void {
    const dimension = this.#sums.length;
    this.#origin ??= vectors.slice(0, dimension);
    for (let at = 0; at < vectors.length; at++) {
      const distance = vectors[at] - this.#origin[at % dimension];
      this.#sums[at % dimension] += distance;
      this.#squares += distance * distance;
      this.#error += (vectors[at] - decoded[at]) ** 2;
    }
    this.#frames += vectors.length / dimension;
  }

  get value(): number {
    const ofMeans = this.#sums.reduce((sum, value) => sum + value * value, 0) / this.#frames;
    const variance = this.#squares - ofMeans;
    return variance > 0 ? this.#error / variance : this.#error > 0 ? Infinity : 0;
  }
}
