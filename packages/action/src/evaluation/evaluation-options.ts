import type { ActionChunk, ActionTokenizer } from '../contract.js';
import type { ActionKind } from '../tracks/action-track.js';
import type { MotionLimits } from './limit-share.js';

/** One episode in physical units; an `ActionTrack` is one. */
export interface EvaluationEpisode {
  /** `(steps, columns)`, row-major, finite. */
  readonly values: ActionChunk;
  /** Steps per second, the same for all episodes. */
  readonly fps: number;
  /** Numbers per step. Default: the tokenizer's. */
  readonly columns?: number;
  /** `(columns)`; those of the first episode stand in the card. */
  readonly names?: readonly string[];
  readonly units?: readonly string[];
  /** How the last chunk is filled up: deltas with 0, others with the last action. Default: 'absolute'. */
  readonly kind?: ActionKind;
  readonly grippers?: readonly number[];
}

/** Physical to tokenizer units and back; a `Normalizer` is one. */
export interface ChunkNormalizer {
  apply(values: ActionChunk, out?: ActionChunk): void;
  invert(values: ActionChunk, out?: ActionChunk): void;
}

/**
 * Whether actions still do what they were to do.
 * @param actions `(steps, columns)`: a whole episode, in physical units
 * @param episode its number among those with at least one step, from 0
 */
export type EpisodeReplay = (actions: ActionChunk, episode: number) => boolean | Promise<boolean>;

export interface EvaluationProgress {
  /** First all episodes, then what is measured on a sample of their chunks. */
  readonly stage: 'episodes' | 'sample';
  /** Episodes, or measures, that are done. */
  readonly done: number;
}

export interface EvaluateActionTokenizerOptions {
  readonly tokenizer: ActionTokenizer;
  /** Read once, one at a time. Those without steps are passed over. */
  readonly episodes: Iterable<EvaluationEpisode> | AsyncIterable<EvaluationEpisode>;
  /** Default: none, the tokenizer takes the episodes as they are. */
  readonly normalizer?: ChunkNormalizer;
  /** Of what is random: an integer. The same seed gives the same card, but for latency. Default: 0. */
  readonly seed?: number;
  /** Largest error of a valid chunk, in tokenizer units, above 0. Default: 0.05. */
  readonly tolerance?: number;
  /** Chunks of the sample on which decodability, sensitivity, prefixes and latency are measured, at least 1. Default: 256. */
  readonly sample?: number;
  /** What the robot allows. Default: no limits. */
  readonly limits?: MotionLimits;
  /** Called for the source and the decoded actions of each episode. Default: nothing is replayed. */
  readonly replay?: EpisodeReplay;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EvaluationProgress) => void;
}
