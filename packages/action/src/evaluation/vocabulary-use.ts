import { perplexity, shannonEntropy, utilisation } from '@polytok/common/metrics';

/** How much of a vocabulary is used, and how evenly. Plain JSON. */
export interface VocabularyUse {
  readonly size: number;
  /** Ids that occur. */
  readonly used: number;
  /** `used / size`. It grows with the sample: compare only at equal token counts. */
  readonly usedShare: number;
  /** Shannon entropy, bits per token. */
  readonly entropyBits: number;
  /** `entropyBits / log2(size)`, from 0 to 1; null for a vocabulary of one. */
  readonly normalisedEntropy: number | null;
  /** `2^entropyBits`: the size of an evenly used vocabulary of the same entropy. */
  readonly perplexity: number;
  /** Share of the most frequent id. */
  readonly topShare: number;
}

/**
 * @param counts `(size)`: occurrences of each id, see `countTokens`
 * @throws PolytokError `INVALID_ARGUMENT` for a bad count, or none above 0
 */
export function vocabularyUse(counts: Float64Array): VocabularyUse {
  const entropyBits = shannonEntropy(counts);
  const { used, value } = utilisation(counts);
  const size = counts.length;
  let top = 0;
  let total = 0;
  for (const count of counts) {
    top = Math.max(top, count);
    total += count;
  }
  return {
    size,
    used,
    usedShare: value,
    entropyBits,
    normalisedEntropy: size > 1 ? entropyBits / Math.log2(size) : null,
    perplexity: perplexity(counts),
    topShare: top / total,
  };
}
