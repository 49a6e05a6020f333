/** Quantizers that are trained as networks, on ONNX Runtime. */
export type { FeaturePair, FeaturePairs } from './feature-pairs.js';
export * from './fit-voting-lfq.js';
export * from './voting-loss-graph.js';
export type { FitVotingLfqOptions } from './voting-options.js';
export { MAX_EDIT_FRAMES, type VoterStability, type VotingReport, votingReport } from './voting-report.js';
