import { isPolytokError, PolytokError } from '@polytok/common';
import { addCounts, allocateCounts } from '@polytok/common/metrics';
import { requireSame } from '../check-chunk.js';
import type { ActionChunk } from '../contract.js';
import { Reservoir } from '../reservoir.js';
import { type ActionTrack, createTrack } from '../tracks/action-track.js';
import { chunksOf } from '../tracks/chunks-of.js';
import { countClipped } from './clipped-values.js';
import type { EvaluateActionTokenizerOptions, EvaluationEpisode } from './evaluation-options.js';
import { MotionSums } from './motion-sums.js';
import type { EncodedChunk } from './prefix-error.js';
import { ErrorSums } from './reconstruction-error.js';
import { tokenOverlap } from './token-overlap.js';

export interface EpisodePassOptions
  extends Pick<EvaluateActionTokenizerOptions, 'tokenizer' | 'normalizer' | 'limits'> {
  readonly tolerance: number;
  readonly sample: number;
}

/** A whole episode in physical units, before and after. */
export interface DecodedEpisode {
  readonly source: ActionChunk;
  readonly decoded: Float64Array;
}

/** Encodes and decodes episode after episode, and adds up what the card says about them. */
export class EpisodePass {
  /** Some of the chunks that were not refused. */
  readonly sample: Reservoir<EncodedChunk>;
  readonly physical: ErrorSums;
  readonly normalised: ErrorSums;
  /** Occurrences of each id. */
  readonly counts: Float64Array;
  /** Tokens of each chunk that encoding did not refuse. */
  readonly lengths: number[] = [];
  episodes = 0;
  chunks = 0;
  validChunks = 0;
  refusedChunks = 0;
  /** The first episode, and how all of them move; undefined before it. */
  motion:
    | { readonly first: ActionTrack; readonly source: MotionSums; readonly decoded: MotionSums }
    | undefined;
  readonly #options: EpisodePassOptions;
  readonly #chunk: Float64Array;
  readonly #decoded: Float64Array;
  readonly #ids: Uint32Array;
  #clippedValues = 0;
  #clippedShares = 0;
  #overlap = 0;
  #overlaps = 0;

  constructor(options: EpisodePassOptions) {
    const { steps, columns, maxLength, vocabulary } = options.tokenizer;
    this.#options = options;
    this.sample = new Reservoir(options.sample);
    this.physical = new ErrorSums(columns);
    this.normalised = new ErrorSums(columns);
    this.counts = allocateCounts(Math.max(...vocabulary.codebookSizes));
    this.#chunk = new Float64Array(steps * columns);
    this.#decoded = new Float64Array(steps * columns);
    this.#ids = new Uint32Array(maxLength);
  }

  /** Share of the actions that the normalizer clipped; null without one. */
  get clippedByNormalizer(): number | null {
    const { normalizer, tokenizer } = this.#options;
    if (!normalizer) return null;
    return this.#clippedValues / (this.physical.summary().steps * tokenizer.columns);
  }

  /** Mean over chunks; null for a tokenizer that cannot tell. */
  get clippedByTokenizer(): number | null {
    return this.#options.tokenizer.clippedShare ? this.#clippedShares / this.chunks : null;
  }

  /** Equal tokens of chunks one step apart; null where there are none. */
  get overlap(): number | null {
    return this.#overlaps > 0 ? this.#overlap / this.#overlaps : null;
  }

  /** @returns undefined for an episode without steps @throws PolytokError `INVALID_ARGUMENT` */
  add(episode: EvaluationEpisode): DecodedEpisode | undefined {
    const { steps, columns } = this.#options.tokenizer;
    requireSame(episode.columns ?? columns, columns, 'columns');
    const track = createTrack({ ...episode, columns });
    if (track.steps === 0) return undefined;
    this.motion ??= this.#startWith(track);
    this.#requireRate(track.fps);
    const decoded = new Float64Array(track.values.length);
    let at = 0;
    for (const chunk of chunksOf(track, { steps, padding: 'repeat-last' })) {
      // What filled the last chunk up is encoded, too, but not compared.
      const source = track.values.subarray(at, at + chunk.length);
      const ids = this.#roundTrip(chunk, source, decoded.subarray(at, at + source.length));
      this.#compareWithNext(ids, track.values.subarray(at + columns, at + columns + chunk.length));
      at += chunk.length;
    }
    this.motion.source.add(track.values);
    this.motion.decoded.add(decoded);
    this.episodes++;
    return { source: track.values, decoded };
  }

  #startWith(first: ActionTrack): EpisodePass['motion'] & object {
    const { tokenizer, limits } = this.#options;
    const { steps, columns } = tokenizer;
    const sums = () => new MotionSums({ steps, columns, fps: first.fps }, limits);
    return { first, source: sums(), decoded: sums() };
  }

  #requireRate(fps: number): void {
    const expected = this.motion?.first.fps;
    if (fps === expected) return;
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `Episode ${this.episodes} has ${fps} steps per second, those before it ${expected}. Resample it, or make a card for each rate.`,
      { details: { episode: this.episodes, actual: fps, expected } },
    );
  }

  /**
   * @param actions receives the decoded actions, as many as `source` has
   * @returns the tokens, valid until the next chunk; undefined where encoding refuses the chunk
   */
  #roundTrip(chunk: ActionChunk, source: ActionChunk, actions: Float64Array): Uint32Array | undefined {
    const { tokenizer, normalizer, tolerance } = this.#options;
    const normalised = this.#chunk;
    normalised.set(chunk);
    normalizer?.apply(normalised);
    if (normalizer) {
      this.#decoded.set(normalised);
      normalizer.invert(this.#decoded);
      this.#clippedValues += countClipped(source, this.#decoded);
    }
    this.#clippedShares += tokenizer.clippedShare?.(normalised) ?? 0;
    this.chunks++;
    const ids = this.#throughTokens();
    const decoded = this.#decoded.subarray(0, source.length);
    if (this.normalised.add(normalised.subarray(0, source.length), decoded) <= tolerance) this.validChunks++;
    normalizer?.invert(this.#decoded);
    actions.set(decoded);
    this.physical.add(source, actions);
    return ids;
  }

  /**
   * The chunk to tokens and back, strictly, or leniently where something is refused.
   * @returns its tokens, valid until the next chunk; undefined where encoding refuses it
   */
  #throughTokens(): Uint32Array | undefined {
    const { tokenizer } = this.#options;
    const ids = this.#encode();
    if (ids) {
      addCounts(this.counts, ids);
      this.lengths.push(ids.length);
    }
    if (ids && unlessRefused(() => this.#decode(ids))) {
      this.sample.offer(() => ({ chunk: this.#chunk.slice(), ids: ids.slice() }));
    } else {
      this.refusedChunks++;
      this.#decoded.set(tokenizer.decodeLenient(ids ?? []).actions);
    }
    return ids;
  }

  #encode(): Uint32Array | undefined {
    const { tokenizer } = this.#options;
    return unlessRefused(() => this.#ids.subarray(0, tokenizer.encodeInto(this.#chunk, this.#ids)));
  }

  #decode(ids: Uint32Array): true {
    this.#options.tokenizer.decodeInto(ids, this.#decoded);
    return true;
  }

  /** Compares tokens with those of the chunk that starts a step later, if the episode goes on so far. */
  #compareWithNext(tokens: Uint32Array | undefined, next: ActionChunk): void {
    if (!tokens || next.length < this.#chunk.length) return;
    const ids = tokens.slice();
    this.#chunk.set(next);
    this.#options.normalizer?.apply(this.#chunk);
    const nextIds = this.#encode();
    if (!nextIds) return;
    this.#overlap += tokenOverlap(ids, nextIds);
    this.#overlaps++;
  }
}

/** Undefined where a typed error is thrown. */
function unlessRefused<Result>(call: () => Result): Result | undefined {
  try {
    return call();
  } catch (error) {
    if (!isPolytokError(error)) throw error;
    return undefined;
  }
}
