import { describe, expect, it } from 'vitest';
import { goldens, largestDifference, votersToRows } from './goldens.fixture.js';
import { VotingLfq } from './voting-lfq.js';
import { codebookLossGradient, votingLosses } from './voting-losses.js';

const golden = goldens.voting_loss;
const quantizer = new VotingLfq({ voters: golden.N, bits: golden.d });
const branches = votersToRows(golden.P);
const TOLERANCE = 1e-9;

describe('votingLosses', () => {
  it.each([
    ['all rows', undefined, golden.expected],
    ['the rows of a mask', golden.mask, golden.expected_masked],
  ] as const)('agrees with the golden losses over %s', (_name, mask, expected) => {
    const losses = votingLosses({ quantizer, branches, mask });
    const pairs: [number, number][] = [
      [losses.sampleEntropy, expected.sample_entropy],
      [losses.batchEntropy, expected.avg_entropy],
      [losses.codebook, expected.codebook_loss],
      [losses.commitment, expected.commitment_loss],
      [losses.consensusReleased, expected.consensus_code],
      [losses.consensusPaper, expected.consensus_paper],
      [losses.total, expected.aux_total],
    ];
    for (const [actual, value] of pairs) expect(Math.abs(actual - value)).toBeLessThan(TOLERANCE);
  });

  it('puts the consensus of the paper into the total on request', () => {
    const code = votingLosses({ quantizer, branches });
    const paper = votingLosses({ quantizer, branches, consensusForm: 'paper' });
    expect(paper.total - code.total).toBeCloseTo(0.25 * (code.consensusPaper - code.consensusReleased), 12);
  });

  it('has no consensus loss where the branches agree', () => {
    const row = [0.3, -0.2, 0.1, -0.4];
    const losses = votingLosses({ quantizer, branches: Float64Array.of(...row, ...row, ...row) });
    expect(losses.consensusPaper).toBeCloseTo(0, 15);
    expect(losses.codebook).toBeCloseTo(0, 4);
  });

  it.each([
    { branches: new Float64Array(0) },
    { branches: new Float64Array(13) },
    { mask: [1] },
    { mask: [0, 0] },
    { temperature: 0 },
    { consensusForm: 'both' as never },
  ])('refuses %j', (bad) => {
    expect(() => votingLosses({ quantizer, branches, ...bad })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

describe('codebookLossGradient', () => {
  it('agrees with the golden gradient', () => {
    const gradient = codebookLossGradient({ quantizer, branches });
    const expected = votersToRows(golden.codebook_loss_gradient.values);
    expect(largestDifference(gradient, expected)).toBeLessThan(1e-4);
  });

  it('is the slope of the codebook loss, with weights and a mask', () => {
    const options = { quantizer, temperature: 0.02, sampleWeight: 0.7, batchWeight: 1.5, mask: [0, 1] };
    const gradient = codebookLossGradient({ ...options, branches });
    const step = 1e-6;
    const slopes = branches.map((_, i) => {
      const at = (shift: number) => {
        const moved = Float64Array.from(branches);
        moved[i] += shift;
        return votingLosses({ ...options, branches: moved }).codebook;
      };
      return (at(step) - at(-step)) / (2 * step);
    });
    expect(largestDifference(gradient, slopes)).toBeLessThan(1e-5);
    expect(gradient.subarray(0, 12)).toEqual(new Float64Array(12));
    expect(gradient.subarray(12).some((slope) => Math.abs(slope) > 0.01)).toBe(true);
  });
});
