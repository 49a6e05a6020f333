/** How far tokens shorten their source: in tokens, and in bits under two codes that need no language model. */
import { requireInteger, requirePositive } from '../arguments.js';
import { shannonEntropy } from './entropy.js';

export interface CompressionOptions {
  /** Number of tokens, at least 1. With several codebooks, count rows and add up the codebooks' bits. */
  readonly tokens: number;
  /** Bits that a fixed-length code spends on one token: `log2` of the vocabulary's size, or the sum over codebooks. */
  readonly bitsPerToken: number;
  /** Length of the source in its own units: bytes, samples, pixels, control steps. */
  readonly sourceUnits: number;
  /** Size of the source as it was stored, in bits. */
  readonly sourceBits: number;
}

export interface Compression {
  readonly tokensPerUnit: number;
  readonly unitsPerToken: number;
  /** Bits of all tokens under the fixed-length code. */
  readonly tokenBits: number;
  readonly sourceBits: number;
  /** `tokenBits / sourceBits`: below 1 the tokens are smaller than the source. */
  readonly bitRatio: number;
}

/** Token rate and size against the source. @throws PolytokError `INVALID_ARGUMENT` unless all are positive and finite */
export function compression(options: CompressionOptions): Compression {
  const { tokens, bitsPerToken, sourceUnits, sourceBits } = options;
  requireInteger(tokens, 'tokens', { minimum: 1 });
  requirePositive(bitsPerToken, 'bitsPerToken');
  requirePositive(sourceUnits, 'sourceUnits');
  requirePositive(sourceBits, 'sourceBits');
  const tokenBits = tokens * bitsPerToken;
  return {
    tokensPerUnit: tokens / sourceUnits,
    unitsPerToken: sourceUnits / tokens,
    tokenBits,
    sourceBits,
    bitRatio: tokenBits / sourceBits,
  };
}

/**
 * `H1 × tokens / units`: bits per source unit of an ideal code that knows each id's frequency and nothing else.
 * Unlike tokens per unit it does not reward a larger vocabulary by itself.
 * @throws PolytokError `INVALID_ARGUMENT` for a bad count, no tokens, or no source
 */
export function unigramBitsPerUnit(counts: ArrayLike<number>, sourceUnits: number): number {
  requirePositive(sourceUnits, 'sourceUnits');
  const entropy = shannonEntropy(counts);
  let tokens = 0;
  for (let i = 0; i < counts.length; i++) tokens += counts[i];
  return (entropy * tokens) / sourceUnits;
}
