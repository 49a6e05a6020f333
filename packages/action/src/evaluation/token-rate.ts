import { requireInteger, requirePositive } from '@polytok/common';
import { type Distribution, distribution } from './distribution.js';

/** What a number takes up as it is stored: single precision. */
const SOURCE_BITS = 32;

export interface TokenRateOptions {
  /** `(chunks)`: tokens of each chunk. At least one chunk. */
  readonly lengths: ArrayLike<number>;
  /** T: steps of a chunk. */
  readonly steps: number;
  /** D: numbers per step. */
  readonly columns: number;
  /** Bits that a fixed-length code spends on one token: log2 of the vocabulary's size. */
  readonly bitsPerToken: number;
  /** Steps per second. */
  readonly fps: number;
}

/** How many tokens actions take. Plain JSON. */
export interface TokenRate {
  readonly perChunk: Distribution;
  /** True when all chunks took the same number. */
  readonly fixed: boolean;
  /** Tokens per second of actions. */
  readonly perSecond: number;
  /** Numbers per token: `steps · columns / mean`. */
  readonly compression: number;
  /** Bits per second of actions under a fixed-length code. */
  readonly bitsPerSecond: number;
  /** These bits over those of the actions in single precision: below 1 the tokens are smaller. */
  readonly bitRatio: number;
}

/** @throws PolytokError `INVALID_ARGUMENT` */
export function tokenRate({ lengths, steps, columns, bitsPerToken, fps }: TokenRateOptions): TokenRate {
  requireInteger(steps, 'steps', { minimum: 1 });
  requireInteger(columns, 'columns', { minimum: 1 });
  requirePositive(fps, 'fps');
  const perChunk = distribution(lengths);
  const perSecond = (perChunk.mean * fps) / steps;
  return {
    perChunk,
    fixed: perChunk.min === perChunk.max,
    perSecond,
    compression: (steps * columns) / perChunk.mean,
    bitsPerSecond: perSecond * bitsPerToken,
    bitRatio: (perChunk.mean * bitsPerToken) / (steps * columns * SOURCE_BITS),
  };
}
