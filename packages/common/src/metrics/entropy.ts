/**
 * Entropies of a histogram of token ids, in bits. Counts need not be integers; ids that never occur count
 * towards the vocabulary, not towards an entropy.
 *
 * Source: Rényi, "On measures of entropy and information" (1961); as a tokenizer metric Zouhar et al.,
 * "Tokenization and the Noiseless Channel" (ACL 2023).
 */
import { PolytokError } from '../errors.js';
import { requireNonNegative } from './non-negative.js';

/** The order at which Zouhar et al. report their main result. Above 1, frequent ids weigh more than in Shannon's. */
export const DEFAULT_RENYI_ALPHA = 2.5;

/** Closer to order 1 than this, the general formula would divide its rounding errors by almost zero. */
const NEAR_ONE = 1e-2;

/** Shannon entropy `-Σ p log2 p`: the bits per token of an ideal code that knows the frequencies. @throws as {@link renyiEntropy} */
export function shannonEntropy(counts: ArrayLike<number>): number {
  return renyiEntropy(counts, 1);
}

/** `2^H`: the size of a uniform vocabulary with the same Shannon entropy. @throws as {@link renyiEntropy} */
export function perplexity(counts: ArrayLike<number>): number {
  return 2 ** shannonEntropy(counts);
}

/**
 * Rényi entropy `log2(Σ p^α) / (1 - α)` for any `alpha` from 0 to `Infinity`: 0 is `log2` of the number of
 * ids in use, 1 Shannon, 2 collision entropy, `Infinity` `-log2 max p`. It falls as `alpha` grows.
 * @throws PolytokError `INVALID_ARGUMENT` for a bad `alpha` or count, or when all counts are zero
 */
export function renyiEntropy(counts: ArrayLike<number>, alpha: number): number {
  if (!(alpha >= 0)) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `The order of a Rényi entropy is from 0 to Infinity; got ${alpha}.`,
      {
        details: { alpha },
      },
    );
  }
  const total = requireNonNegative(counts, 'counts');
  if (total === 0) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      'The entropy of no tokens is undefined; at least one count must be above 0.',
      {
        details: { ids: counts.length },
      },
    );
  }
  const maximum = maximumOf(counts);
  if (alpha === Infinity) return Math.log2(total / maximum);
  if (Math.abs(alpha - 1) < NEAR_ONE) return entropyNearOne(counts, total, alpha);
  // Σ p^α = pmax^α Σ (p/pmax)^α keeps the sum at 1 or more, where large orders would underflow to zero.
  let sum = 0;
  for (let i = 0; i < counts.length; i++) if (counts[i] > 0) sum += (counts[i] / maximum) ** alpha;
  return nonNegative((alpha * Math.log2(maximum / total) + Math.log2(sum)) / (1 - alpha));
}

/** With `δ = α - 1`: `-log2(1 + Σ p (p^δ - 1)) / δ`, whose limit at `δ = 0` is Shannon's formula. */
function entropyNearOne(counts: ArrayLike<number>, total: number, alpha: number): number {
  const delta = alpha - 1;
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    const p = counts[i] / total;
    if (p > 0) sum += p * (delta === 0 ? Math.log(p) : Math.expm1(delta * Math.log(p)));
  }
  return nonNegative((delta === 0 ? -sum : -Math.log1p(sum) / delta) / Math.LN2);
}

export interface RenyiEfficiencyOptions {
  /** Order, above 0. Default {@link DEFAULT_RENYI_ALPHA}. */
  readonly alpha?: number;
  /** Ids that could have occurred, specials excluded; at least 2. Default: the number of counts. */
  readonly vocabularySize?: number;
}

/** An efficiency means little without its order and vocabulary, so both travel with it. */
export interface RenyiEfficiency {
  /** `entropyBits / log2(vocabularySize)`: 1 when all ids are equally frequent, 0 when one takes all. */
  readonly value: number;
  readonly entropyBits: number;
  /** `'infinity'` stands for `Infinity`, which JSON cannot write. */
  readonly alpha: number | 'infinity';
  readonly vocabularySize: number;
}

/**
 * Share of the largest possible Rényi entropy that the counts reach. Note that `tokenization-scorer` divides by
 * the vocabulary it observes; pass the number of ids in use as `vocabularySize` to compare with it.
 * @throws PolytokError `INVALID_ARGUMENT` as {@link renyiEntropy}, or when `vocabularySize` is below 2 or below the ids in use
 */
export function renyiEfficiency(
  counts: ArrayLike<number>,
  options: RenyiEfficiencyOptions = {},
): RenyiEfficiency {
  const { alpha = DEFAULT_RENYI_ALPHA, vocabularySize = counts.length } = options;
  const entropyBits = renyiEntropy(counts, alpha);
  let used = 0;
  for (let i = 0; i < counts.length; i++) if (counts[i] > 0) used++;
  if (!Number.isSafeInteger(vocabularySize) || vocabularySize < Math.max(2, used)) {
    throw new PolytokError(
      'INVALID_ARGUMENT',
      `An efficiency needs a vocabulary of at least 2 ids, and of no fewer than the ${used} in use; got ${vocabularySize}.`,
      { details: { vocabularySize, used } },
    );
  }
  return {
    value: entropyBits / Math.log2(vocabularySize),
    entropyBits,
    alpha: alpha === Infinity ? 'infinity' : alpha,
    vocabularySize,
  };
}

function maximumOf(values: ArrayLike<number>): number {
  let maximum = 0;
  for (let i = 0; i < values.length; i++) if (values[i] > maximum) maximum = values[i];
  return maximum;
}

/** Rounding can leave a one-id histogram at -0 or -1e-17. */
function nonNegative(bits: number): number {
  return Math.max(bits, 0);
}
