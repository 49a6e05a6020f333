import { breather, PolytokError, requireInteger, requirePositive } from '@polytok/common';
import type { ActionTokenizer } from '../contract.js';
import { ACTION_CARD_VERSION, type ActionCard } from './action-card.js';
import { decodability } from './decodability.js';
import { EpisodePass } from './episode-pass.js';
import type { EvaluateActionTokenizerOptions } from './evaluation-options.js';
import { latency } from './latency.js';
import { type EncodedChunk, prefixError } from './prefix-error.js';
import { TokenProbes } from './token-probes.js';
import { tokenRate } from './token-rate.js';
import { tokenSensitivity } from './token-sensitivity.js';
import { vocabularyUse } from './vocabulary-use.js';

/** Share of the tokens that mutations exchange. */
const MUTATED = 0.1;
const PREFIXES = [0.125, 0.25, 0.5, 0.75, 1];

/**
 * Encodes and decodes every episode, replays it where asked, and measures on a sample of the chunks what wrong tokens do.
 * Memory does not grow with the episodes, but for 8 bytes per chunk.
 * @throws PolytokError `INVALID_ARGUMENT` for options, an episode of another shape or rate, one with a number that is not
 * finite, or no step at all; `ABORTED`
 */
export async function evaluateActionTokenizer(options: EvaluateActionTokenizerOptions): Promise<ActionCard> {
  const { tokenizer, replay, seed = 0, tolerance = 0.05, sample = 256, onProgress } = options;
  requireInteger(seed, 'seed', { minimum: Number.MIN_SAFE_INTEGER });
  requirePositive(tolerance, 'tolerance');
  requireInteger(sample, 'sample', { minimum: 1 });
  const breathe = breather('The evaluation', options.signal);
  const pass = new EpisodePass({ ...options, tolerance, sample });
  const succeeded = { source: 0, decoded: 0 };
  for await (const episode of options.episodes) {
    await breathe();
    const played = pass.add(episode);
    if (played && replay) {
      const number = pass.episodes - 1;
      if (await replay(played.source, number)) succeeded.source++;
      if (await replay(played.decoded, number)) succeeded.decoded++;
    }
    onProgress?.({ stage: 'episodes', done: pass.episodes });
  }
  const { motion } = pass;
  if (!motion || pass.sample.items.length === 0) throw nothingToMeasure(pass.chunks);

  let done = 0;
  /** Looks at the event loop before each measure on the sample. */
  const measured = async <Measure>(measure: () => Measure): Promise<Measure> => {
    await breathe();
    const result = measure();
    onProgress?.({ stage: 'sample', done: ++done });
    return result;
  };
  const { items } = pass.sample;
  const sequences = items.map(({ ids }) => ids);
  const probes = new TokenProbes(tokenizer, seed);
  const probed = (probe: (ids: ArrayLike<number>) => Uint32Array) =>
    measured(() => decodability(tokenizer, sequences.map(probe)));

  const { steps, columns, maxLength, vocabulary } = tokenizer;
  const { codebookSizes, fingerprint } = vocabulary;
  const physical = pass.physical.summary();
  return {
    version: ACTION_CARD_VERSION,
    seed,
    tokenizer: { type: tokenizer.toJSON().type, fingerprint, steps, columns, maxLength, codebookSizes },
    data: {
      episodes: pass.episodes,
      steps: physical.steps,
      seconds: physical.steps / motion.first.fps,
      chunks: pass.chunks,
      fps: motion.first.fps,
      names: motion.first.names,
      units: motion.first.units ?? null,
    },
    error: {
      physical,
      normalised: options.normalizer ? pass.normalised.summary() : null,
      valid: { share: pass.validChunks / pass.chunks, tolerance },
      refusedChunks: pass.refusedChunks,
    },
    tokens: tokenRate({
      lengths: pass.lengths,
      steps,
      columns,
      bitsPerToken: codebookSizes.reduce((bits, size) => bits + Math.log2(size), 0) / codebookSizes.length,
      fps: motion.first.fps,
    }),
    vocabulary: vocabularyUse(pass.counts),
    clipped: { tokenizer: pass.clippedByTokenizer, normalizer: pass.clippedByNormalizer },
    decodability: {
      random: await probed((ids) => probes.random(ids.length)),
      mutated: await probed((ids) => probes.mutated(ids, MUTATED)),
      truncated: await probed((ids) => probes.truncated(ids)),
    },
    sensitivity: await measured(() => tokenSensitivity(tokenizer, sequences, probes)),
    overlap: pass.overlap,
    prefixes: await measured(() => PREFIXES.map((share) => prefixError(tokenizer, items, share))),
    seams: { source: motion.source.seams, decoded: motion.decoded.seams },
    smoothness: { source: motion.source.smoothness, decoded: motion.decoded.smoothness },
    limits:
      motion.source.limits && motion.decoded.limits
        ? { source: motion.source.limits, decoded: motion.decoded.limits }
        : null,
    latency: await measured(() => latencies(tokenizer, items)),
    replay: replay ? succeeded : null,
  };
}

function nothingToMeasure(chunks: number): PolytokError {
  const message =
    chunks === 0
      ? 'There is no card without a step: all episodes are empty.'
      : `The tokenizer refuses all ${chunks} chunks, or its own tokens of them. Look at one with encodeSync and decodeSync; it may lack a normalizer.`;
  return new PolytokError('INVALID_ARGUMENT', message, { details: { chunks } });
}

function latencies(tokenizer: ActionTokenizer, items: readonly EncodedChunk[]): ActionCard['latency'] {
  const ids = new Uint32Array(tokenizer.maxLength);
  const chunk = new Float64Array(tokenizer.steps * tokenizer.columns);
  return {
    encode: latency((index) => tokenizer.encodeInto(items[index % items.length].chunk, ids)),
    decode: latency((index) => tokenizer.decodeInto(items[index % items.length].ids, chunk)),
  };
}
