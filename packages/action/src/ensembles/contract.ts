/**
 * The contract of ensemble rules. Where every control step yields a chunk, several chunks say something about *now*; a
 * rule says how much each of them counts. The action is the weighted mean.
 *
 * A rule guarantees: weights are finite and at least 0, and one is above 0; candidates are never changed; nothing is
 * allocated. It does not guarantee: that the newest candidate counts.
 */
export interface EnsembleRule {
  /** @param weights `(count)` or longer; receives how much each candidate counts */
  weigh(candidates: EnsembleCandidates, weights: Float64Array): void;
}

/** What the chunks say about one step. */
export interface EnsembleCandidates {
  /** At least 1. */
  readonly count: number;
  /** Numbers per candidate. */
  readonly columns: number;
  /** `(count, columns)` at the front, row-major, the oldest first, finite. What lies behind has no meaning. */
  readonly values: Float64Array;
}
