import { compression, unigramBitsPerUnit } from './compression.js';
import {
  DEFAULT_RENYI_ALPHA,
  perplexity,
  type RenyiEfficiency,
  renyiEfficiency,
  shannonEntropy,
} from './entropy.js';
import { gini } from './gini.js';
import { addCounts, allocateCounts, type Ids } from './token-counts.js';
import { type Utilisation, utilisation } from './utilisation.js';

export interface SummarizeTokensOptions {
  /** Any iterable, read once. At least one token in all. */
  readonly sequences: Iterable<Ids>;
  /** Ids that can occur, special tokens excluded; at least 2. */
  readonly vocabularySize: number;
  /** Length of all sources in their own units: bytes, samples, pixels, control steps. */
  readonly sourceUnits: number;
  /** Size of all sources as stored, in bits. */
  readonly sourceBits: number;
  /** Order of the Rényi efficiency. Default 2.5. */
  readonly alpha?: number;
}

/** The usual card of a tokenizer on a corpus: plain JSON. */
export interface TokenSummary {
  readonly sequences: number;
  readonly tokens: number;
  readonly sourceUnits: number;
  readonly unitsPerToken: number;
  readonly tokensPerUnit: number;
  readonly sourceBits: number;
  /** `tokens × log2(vocabularySize)`: bits under a fixed-length code. */
  readonly tokenBits: number;
  /** `tokenBits / sourceBits` */
  readonly bitRatio: number;
  readonly utilisation: Utilisation;
  /** Shannon entropy of the ids, bits per token. */
  readonly entropyBits: number;
  /** Bits per source unit of an ideal code that knows the frequencies. */
  readonly unigramBitsPerUnit: number;
  readonly perplexity: number;
  readonly renyiEfficiency: RenyiEfficiency;
  /** Inequality of the ids' counts over the whole vocabulary. */
  readonly gini: number;
}

/**
 * All corpus metrics that need nothing but ids and the size of the source.
 * @throws PolytokError `INVALID_ARGUMENT` for bad sizes or no tokens, `LIMIT_EXCEEDED`, `ID_OUT_OF_RANGE`
 */
export function summarizeTokens(options: SummarizeTokensOptions): TokenSummary {
  const { vocabularySize, sourceUnits, alpha = DEFAULT_RENYI_ALPHA } = options;
  const counts = allocateCounts(vocabularySize);
  let sequences = 0;
  let tokens = 0;
  for (const ids of options.sequences) {
    addCounts(counts, ids);
    sequences++;
    tokens += ids.length;
  }
  // First what refuses an empty corpus with the clearest message.
  const entropyBits = shannonEntropy(counts);
  const efficiency = renyiEfficiency(counts, { alpha, vocabularySize });
  const size = compression({
    tokens,
    bitsPerToken: Math.log2(vocabularySize),
    sourceUnits,
    sourceBits: options.sourceBits,
  });
  return {
    sequences,
    tokens,
    sourceUnits,
    ...size,
    utilisation: utilisation(counts),
    entropyBits,
    unigramBitsPerUnit: unigramBitsPerUnit(counts, sourceUnits),
    perplexity: perplexity(counts),
    renyiEfficiency: efficiency,
    gini: gini(counts),
  };
}
